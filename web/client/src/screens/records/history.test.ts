import { describe, expect, it } from 'vitest'
import { stepsOf } from './history'

describe('the history of a record', () => {
  it('names what changed, newest first', () => {
    const steps = stepsOf([
      { version: 1, at: 'a', values: { name: 'x', weight: '0.2' } },
      { version: 2, at: 'b', values: { name: 'x', weight: '0.3' } },
      { version: 3, at: 'c', values: { name: 'x', weight: '0.3' }, deleted: true },
    ])
    expect(steps.map((step) => [step.kind, step.changes.map((change) => change.key)])).toEqual([
      ['removed', []],
      ['changed', ['weight']],
      ['created', ['name', 'weight']],
    ])
  })
})
