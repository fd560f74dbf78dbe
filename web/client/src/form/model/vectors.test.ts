import { describe, expect, it } from 'vitest'
import type { FormDescriptor, Wire } from '../../api/types'
import { defaultsOf } from './rules'
import { judge } from './validate'
import { inputsOf } from './values'
import vectors from './vectors.json'

const form = vectors.form as unknown as FormDescriptor
const cases = vectors.cases as unknown as {
  values: Record<string, Wire>
  hidden: string[]
  required: string[]
  read_only: string[]
  offered: Record<string, string[]>
  wrong: string[]
}[]
const fillable = new Set(form.fields.filter((field) => !field.computed).map((field) => field.key))

describe('the browser decides about a form as the server does', () => {
  it.each(cases.map((each) => [JSON.stringify(each.values), each] as const))('%s', (_, each) => {
    const { standing, findings } = judge(form, inputsOf(form.fields, { ...defaultsOf(form), ...each.values }))
    const offered = Object.fromEntries([...standing.offered].map(([key, options]) => [key, [...options].sort()]))
    const shown = (keys: ReadonlySet<string>) => [...keys].filter((key) => fillable.has(key) && !standing.hidden.has(key)).sort()
    const expected = (keys: string[]) => keys.filter((key) => fillable.has(key) && !each.hidden.includes(key))
    expect([...standing.hidden].sort()).toEqual(each.hidden)
    expect(shown(standing.required)).toEqual(expected(each.required))
    expect(shown(standing.readOnly)).toEqual(expected(each.read_only))
    expect(offered).toEqual(each.offered)
    expect([...new Set(findings.map((finding) => finding.path))].sort()).toEqual(each.wrong)
  })
})
