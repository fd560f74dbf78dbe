import { describe, expect, it } from 'vitest'
import type { FormulaAnswer } from './asking'
import { insertion, opensWhileTyping } from './insertion'
import { Latest } from './latest'
import { tokens } from './lexer'
import { toPoints, toRange, toUnits } from './points'
import { Spoken } from './spoken'

describe('places', () => {
  it('count code points on the server and UTF-16 units here', () => {
    const text = '𠮷野 + 权重'
    expect(toUnits(text, 1)).toBe(2)
    expect(toUnits(text, 5)).toBe(6)
    expect(text.slice(toUnits(text, 5), toUnits(text, 7))).toBe('权重')
    for (const points of [0, 1, 2, 5, 7]) expect(toPoints(text, toUnits(text, points))).toBe(points)
    expect(toUnits(text, 99)).toBe(text.length)
  })
  it('are the whole text when the server names none', () => {
    expect(toRange('a + b', null, null)).toEqual({ from: 0, to: 5 })
    expect(toRange('a + b', 4, 5)).toEqual({ from: 4, to: 5 })
  })
})

describe('colours', () => {
  const parts = (text: string) => tokens(text).map((token) => [token.kind, text.slice(token.from, token.to)])
  it('tell numbers, texts, dates, words and operators', () => {
    expect(parts("ROUND(权重 * 20%, 1) >= 2026-01-31 AND 状态 = 'op''en'")).toEqual([
      ['bracket', '('],
      ['operator', '*'],
      ['number', '20%'],
      ['bracket', ','],
      ['number', '1'],
      ['bracket', ')'],
      ['operator', '>='],
      ['date', '2026-01-31'],
      ['word', 'AND'],
      ['operator', '='],
      ['text', "'op''en'"],
    ])
  })
  it('read full-width signs', () => {
    expect(parts('权重＋２０％ × 7天')).toEqual([
      ['operator', '＋'],
      ['number', '２０％'],
      ['operator', '×'],
      ['number', '7天'],
    ])
  })
  it('leave names alone, also those that begin like a word or stand in braces', () => {
    expect(parts('order + {占 比 AND 1}')).toEqual([['operator', '+']])
  })
  it('take a text that is not closed to the end', () => {
    expect(parts("'abc + 1")).toEqual([['text', "'abc + 1"]])
  })
  it('always come to an end', () => {
    expect(parts('￥#@\n?')).toEqual([])
  })
})

describe('another language', () => {
  const answer = (text: string, type: string | null) => ({ text, diagnosis: { diagnostics: [], names: [], type }, error: null }) as unknown as FormulaAnswer
  it('is said anew when the text stands as it was found right', () => {
    const spoken = new Spoken('en')
    expect(spoken.turns('en', 'Weight', answer('Weight', 'number'))).toBe(false)
    expect(spoken.turns('zh-CN', 'Weight', answer('Weight', 'number'))).toBe(true)
    expect(spoken.turns('zh-CN', '权重', answer('Weight', 'number'))).toBe(false) // no other since
    expect(spoken.turns('en', '权重', answer('权重', 'number'))).toBe(true)
  })
  it('waits for the judgement when there is none of this text yet', () => {
    const spoken = new Spoken('en')
    expect(spoken.turns('zh-CN', 'Weight', null)).toBe(false)
    expect(spoken.turns('zh-CN', 'Weight', answer('Weight', 'number'))).toBe(true)
    expect(spoken.turns('zh-CN', '权重', answer('权重', 'number'))).toBe(false)
  })
  it('is not waited for when somebody writes on or turns back', () => {
    const spoken = new Spoken('en')
    expect(spoken.turns('zh-CN', 'Weight', null)).toBe(false)
    expect(spoken.turns('zh-CN', 'Weight + 1', null)).toBe(false)
    expect(spoken.turns('zh-CN', 'Weight + 1', answer('Weight + 1', 'number'))).toBe(false)
    expect(spoken.turns('en', 'Weight', null)).toBe(false)
    expect(spoken.turns('zh-CN', 'Weight', answer('Weight', 'number'))).toBe(false)
  })
  it.each([
    ['is wrong', 'Wieght', answer('Wieght', null)],
    ['was changed since', 'Weight + 1', answer('Weight', 'number')],
    ['was not judged yet', 'Weight', null],
  ])('leaves alone what %s', (_, text, said) => {
    expect(new Spoken('en').turns('zh-CN', text, said)).toBe(false)
  })
})

describe('taking a proposal', () => {
  it('closes what it opens and puts the cursor inside', () => {
    expect(insertion('ROUND(', '')).toEqual({ text: 'ROUND()', cursor: 6, goesOn: false })
    expect(insertion('SUM(计划点.', ' + 1')).toEqual({ text: 'SUM(计划点.)', cursor: 8, goesOn: true })
  })
  it('closes nothing twice', () => {
    expect(insertion('ROUND(', ')').text).toBe('ROUND(')
    expect(insertion('TODAY()', '')).toEqual({ text: 'TODAY()', cursor: 7, goesOn: false })
  })
  it('opens by itself in names only', () => {
    expect(['权', 'a', 'x + r', 'f7', '责任人.', "状态 = '", '计划点[', '{占'].map(opensWhileTyping)).not.toContain(false)
    expect(['', '1', '12', 'a + ', 'ROUND(', '3.5', 'a, '].map(opensWhileTyping)).not.toContain(true)
  })
})

describe('late answers', () => {
  it('are known as such', () => {
    const latest = new Latest()
    const first = latest.ask()
    const second = latest.ask()
    expect([first(), second()]).toEqual([false, true])
    latest.forget()
    expect(second()).toBe(false)
  })
})
