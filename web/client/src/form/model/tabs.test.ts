import { expect, test } from 'vitest'
import { faultsIn, stepOf } from './tabs'

test.each([
  ['ArrowRight', 0, 1],
  ['ArrowRight', 2, 0],
  ['ArrowLeft', 0, 2],
  ['Home', 2, 0],
  ['End', 0, 2],
  ['Enter', 1, null],
])('%s at tab %i leads to %s', (key, at, to) => expect(stepOf(key, at, 3)).toBe(to))

test('messages are counted at the tab of their field, those of cells too', () => {
  const messages = { name: 'x', 'rows.0.part': 'x', 'rows.2.part': 'x', other: 'x' }
  expect(faultsIn(['name', 'rows'], messages)).toBe(3)
  expect(faultsIn(['nam'], messages)).toBe(0)
})
