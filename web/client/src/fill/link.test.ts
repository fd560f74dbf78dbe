import { describe, expect, it } from 'vitest'
import { askedBy } from './link'

describe('a link to the phone client', () => {
  it('opens a task or a form', () => {
    expect(askedBy('/fill/t/abc', '')).toEqual({ kind: 'task', uid: 'abc' })
    expect(askedBy('/fill.html', '?task=abc')).toEqual({ kind: 'task', uid: 'abc' })
    expect(askedBy('/fill/f/quality_red_line.cause_tree', '')).toEqual({ kind: 'form', name: 'quality_red_line.cause_tree', given: {} })
    expect(askedBy('/fill/p/kXb3aBcD', '')).toEqual({ kind: 'public', token: 'kXb3aBcD', given: {} })
    expect(askedBy('/fill/p/kXb3aBcD', '?shift=night')).toEqual({ kind: 'public', token: 'kXb3aBcD', given: { shift: 'night' } })
    expect(askedBy('/fill.html', '')).toBeNull()
  })

  it('carries values of a QR code into the form', () => {
    expect(askedBy('/fill.html', '?form=patrol&machine=CNC-07&shift=night')).toEqual({
      kind: 'form',
      name: 'patrol',
      given: { machine: 'CNC-07', shift: 'night' },
    })
  })
})
