import { describe, expect, it } from 'vitest'
import { compare, formatNumber, parseDecimal, round, shift } from './decimal'

describe('exact decimals as text', () => {
  it.each([
    ['１２．５０', '12.5'],
    ['1,234', '1234'],
    ['-0.0', '0'],
    ['.5', '0.5'],
    ['007', '7'],
    ['12a', null],
    ['', null],
  ])('reads %s', (text, value) => expect(parseDecimal(text)).toBe(value))

  it.each([
    ['0.3', 2, '30'],
    ['30', -2, '0.3'],
    ['-0.05', 2, '-5'],
    ['7', -4, '0.0007'],
    ['123456789012345678.9', 2, '12345678901234567890'],
  ])('shifts %s by %i', (text, places, value) => expect(shift(text, places)).toBe(value))

  it.each([
    ['2.675', 2, '2.68'],
    ['-2.5', 0, '-3'],
    ['1.005', 2, '1.01'],
    ['0.9', 3, '0.900'],
    ['-0.004', 2, '0.00'],
  ])('rounds %s to %i, half away from zero', (text, decimals, value) => expect(round(text, decimals)).toBe(value))

  it('compares beyond what a float can hold', () => {
    expect(compare('9007199254740993', '9007199254740992')).toBe(1)
    expect(compare('0.10', '0.1')).toBe(0)
  })

  it('shows units the way people write them', () => {
    expect(formatNumber('0.932', { unit: 'ratio', decimals: 3 })).toBe('0.932')
    expect(formatNumber('0.324', { unit: 'percent', decimals: 3 })).toBe('32.4%')
    expect(formatNumber('-1250000.5', { unit: '元', decimals: 2 })).toBe('−1,250,000.50 元')
    expect(formatNumber(null)).toBe('—')
  })
})
