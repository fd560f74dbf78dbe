import { expect, test } from 'vitest'
import { chosenOf, isNarrowed, readDocument, writeDocument } from './list'

const FULL = { q: '刀具', filter: 'a > 1', sort: '-at', match: [{ field: 'state', op: 'in', value: ['open', 'late'] }] }

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
