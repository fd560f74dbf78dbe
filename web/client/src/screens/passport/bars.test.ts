import { expect, it } from 'vitest'
import type { CalcNode } from '../../api/types'
import { bars } from './bars'

const number = (value: string | null): CalcNode => ({ text: 'x', value, type: 'number' })
const compared = (left: string | null, right: string | null): CalcNode => ({
  text: 'a < b',
  value: true,
  type: 'boolean',
  children: [number(left), number(right)],
})

it('two numbers have bars to one scale', () => {
  expect(bars(compared('0.5', '1'), 80)).toEqual({ left: { x: 0, width: 40 }, right: { x: 0, width: 80 } })
  expect(bars(compared('-1', '3'), 80)).toEqual({ left: { x: 0, width: 20 }, right: { x: 20, width: 60 } })
})

it('what is no comparison of numbers has none', () => {
  expect(bars(compared('0', '0'), 80)).toBeNull()
  expect(bars(compared(null, '1'), 80)).toBeNull()
  expect(bars({ ...compared('1', '2'), value: '3' }, 80)).toBeNull()
  expect(bars({ text: 'a', value: true, type: 'boolean' }, 80)).toBeNull()
})
