import { describe, expect, it } from 'vitest'
import type { FieldDescriptor } from '../../api/types'
import { rowsOf, stepsOf } from './history'

describe('the history of a record', () => {
  it('names what changed, newest first', () => {
    const steps = stepsOf([
      { version: 1, at: 'a', values: { name: 'x', weight: '0.2' }, changes: [{ field: 'name' }, { field: 'weight' }] },
      { version: 2, at: 'b', values: { name: 'x', weight: '0.3' }, changes: [{ field: 'weight' }] },
      { version: 3, at: 'c', values: { name: 'x', weight: '0.3' }, changes: [], deleted: true },
    ])
    expect(steps.map((step) => [step.kind, step.changes.map((change) => change.key)])).toEqual([
      ['removed', []],
      ['changed', ['weight']],
      ['created', ['name', 'weight']],
    ])
  })

  it('tells the cells of the rows that changed, by name', () => {
    const field: FieldDescriptor = {
      key: 'lines', type: 'child_table', label: 'Lines',
      columns: [{ key: 'who', type: 'person', label: 'Who' }, { key: 'n', type: 'integer', label: 'N' }],
    } // prettier-ignore
    const rows = [{ before: 0, after: 0 }, { before: 1, after: null }, { before: null, after: 1 }]
    const [step] = stepsOf([
      { version: 1, at: 'a', values: { lines: [{ who: 'u1', n: '1' }, { who: 'u2', n: '2' }] }, display_values: { 'lines.0.who': 'Li', 'lines.1.who': 'Wang' }, changes: [] },
      { version: 2, at: 'b', values: { lines: [{ who: 'u1', n: '5' }, { who: null, n: '7' }] }, display_values: { 'lines.0.who': 'Li' }, changes: [{ field: 'lines', rows }] },
    ])
    const change = step?.changes[0]
    expect(change && rowsOf(field, change)).toEqual([
      { number: 1, cells: [{ key: 'n', before: '1', after: '5' }] },
      { number: 2, cells: [{ key: 'who', before: 'Wang', after: null }, { key: 'n', before: '2', after: null }] },
      { number: 2, cells: [{ key: 'n', before: null, after: '7' }] },
    ])
  })
})
