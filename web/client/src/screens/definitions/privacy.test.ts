import { describe, expect, test } from 'vitest'
import { privacyFault, privacyOf, withPrivacy } from './privacy'

const field = { key: 'phone', type: 'text' }
const said = { kind: 'personal' as const, chinese: '联系', english: 'contact', days: '30' }

test('what is said of a field is read and written back the same', () => {
  const written = withPrivacy(field, said)
  expect(written['privacy']).toEqual({ class: 'personal', purpose: { 'zh-CN': '联系', en: 'contact' }, retain_days: 30 })
  expect(privacyOf(written)).toEqual(said)
})

test('an older document is read, and written as it is said today', () => {
  const older = { ...field, classification: 'sensitive', purpose: 'pay' }
  expect(privacyOf(older)).toEqual({ kind: 'sensitive', chinese: 'pay', english: 'pay', days: '' })
  expect(withPrivacy(older, { ...said, kind: 'none' })).toEqual(field)
})

describe('what is wrong is named', () => {
  test.each([
    [{ ...said, english: ' ' }, 'needPurpose'],
    [{ ...said, days: '0' }, 'badDays'],
    [{ ...said, days: '1.5' }, 'badDays'],
    [{ ...said, days: '' }, null],
    [{ ...said, kind: 'none' as const, english: '' }, null],
  ])('%o', (input, fault) => expect(privacyFault(input)).toBe(fault))
})
