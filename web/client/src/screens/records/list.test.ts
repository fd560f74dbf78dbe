import { expect, test } from 'vitest'
import { chosenOf, isNarrowed, readDocument, testsOfGroup, writeDocument } from './list'

const FULL = {
  q: '刀具',
  filter: 'a > 1',
  sort: '-at',
  match: [{ field: 'state', op: 'in', value: ['open', 'late'] }],
  columns: ['name', 'at'],
  group: ['state', 'at:month'],
  measures: ['sum:price'],
}

test('what a list is asked for survives its address', () => {
  expect(readDocument(new URLSearchParams(writeDocument(FULL).toString()))).toEqual(FULL)
  expect(readDocument(new URLSearchParams())).toEqual({})
})

test.each(['{', '"text"', '[1, {"op": "="}]', 'null'])('an address changed by hand asks for nothing: %s', (match) => {
  expect(readDocument(new URLSearchParams({ match }))).toEqual({})
})

test('the order narrows nothing', () => {
  expect(isNarrowed({ sort: 'at' })).toBe(false)
  expect(isNarrowed({ q: 'x' })).toBe(true)
  expect(chosenOf(FULL)).not.toHaveProperty('sort')
})

test('a group is opened as the records that are in it', () => {
  const keys = (...values: (string | null)[]) => ({ keys: values.map((value) => ({ value, display: '' })), count: 1, values: [] })
  expect(testsOfGroup(['state', 'at:month'], keys('open', '2024-02'))).toEqual([
    { field: 'state', op: '=', value: 'open' },
    { field: 'at', op: 'between', value: ['2024-02-01', '2024-02-29'] },
  ])
  expect(testsOfGroup(['at:quarter', 'state'], keys('2026-Q4', null))).toEqual([
    { field: 'at', op: 'between', value: ['2026-10-01', '2026-12-31'] },
    { field: 'state', op: 'blank' },
  ])
  expect(testsOfGroup(['at:year', 'at:day'], keys('2026', '2026-05-03'))).toEqual([
    { field: 'at', op: 'between', value: ['2026-01-01', '2026-12-31'] },
    { field: 'at', op: '=', value: '2026-05-03' },
  ])
})
