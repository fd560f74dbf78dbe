// The cases of the Python interpreter (tests/cases/dsl), evaluated by this one.
import { describe, expect, it } from 'vitest'
import { evaluate, wireOf, rawOf } from './evaluate'
import type { FormulaDocument, IrType } from './ir'
import vectors from './vectors.json'

interface Case {
  readonly case: string
  readonly source: string
  readonly formula: FormulaDocument
  readonly value: string | boolean | null
}

const params = vectors.params as Record<string, string>

/** Durations compare as microseconds: their text has many spellings. */
function same(value: string | boolean | null, type: IrType): unknown {
  return type[0] === 'duration' ? rawOf(value, type) : value
}

describe('the language in the browser', () => {
  for (const one of vectors.cases as unknown as Case[]) {
    it(`${one.case} ${one.source}`, () => {
      const outcome = evaluate(one.formula, vectors.row, params)
      expect(outcome.decided).toBe(true)
      const found = one.formula.type[0] === 'duration' ? outcome.value : wireOf(outcome.value, one.formula.type)
      expect(found).toEqual(same(one.value, one.formula.type))
    })
  }

  it('says that it cannot decide what lies behind a reference', () => {
    const text: IrType = ['text', true]
    const formula = { v: 1, hash: '', type: text, ir: { k: 'field' as const, p: 'machine.team', t: text } }
    expect(evaluate(formula, { machine: 'm-1' }).decided).toBe(false)
  })
})
