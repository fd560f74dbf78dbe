import { expect, test } from 'vitest'
import type { FormDescriptor } from '../../api/types'
import { asksOf, dependents } from './choices'

const field = (key: string) => ({ key, type: 'reference', label: {} })
const filters = [
  { at: 'line', reads: ['form.hall', 'hall', 'open'] },
  { at: 'tool', reads: ['form.line.hall', 'line'] },
]
const form: FormDescriptor = {
  name: 'job_form',
  label: {},
  entity: 'job',
  fields: [field('hall'), field('line'), field('tool')],
  filters,
  rows: { parts: { filters: [{ at: 'tool', reads: ['form.line', 'row.least', 'size'] }] } },
}

test('a picker sends what its filter reads and nothing else', () => {
  const values = { hall: 'h', line: 'l', note: 'secret' }
  expect(asksOf(form, field('hall'), values)).toBeUndefined()
  expect(asksOf(form, field('line'), values)).toEqual({ form: 'job_form', field: 'line', values: { hall: 'h' } })
  const row = { table: 'parts', values: { least: '2', tool: null } }
  expect(asksOf(form, field('tool'), values, { owner: 'li', form: 'job_form', task: 't1' }, row)).toEqual({
    form: 'job_form',
    field: 'tool',
    values: { line: 'l' },
    table: 'parts',
    row: { least: '2' },
    task: 't1',
  })
})

test('what hangs on a changed field is chosen anew, step by step', () => {
  expect(dependents(filters, 'form', 'hall')).toEqual(['line', 'tool'])
  expect(dependents(filters, 'form', 'line')).toEqual(['tool'])
  expect(dependents(filters, 'form', 'tool')).toEqual([])
  expect(dependents(form.rows?.parts?.filters, 'row', 'least')).toEqual(['tool'])
})
