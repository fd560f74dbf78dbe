import { describe, expect, test } from 'vitest'
import { fullName, maskedText, rolesOf, sightOf, withMask, withNewFields, withSight, type GrantDocument } from './rights'

const grant: GrantDocument = { entity: 'tool', actions: ['read'], rows: 'all', masked_fields: ['price'], masks: { price: { last: 4 } } }

test('a field is in one list at a time, and its mask goes with it', () => {
  const hidden = withSight(grant, 'price', 'hidden')
  expect(hidden).toEqual({ entity: 'tool', actions: ['read'], rows: 'all', hidden_fields: ['price'] })
  expect(withSight(hidden, 'price', 'shown')).toEqual({ entity: 'tool', actions: ['read'], rows: 'all' })
  expect(sightOf(withSight(grant, 'name', 'read_only'), 'name')).toBe('read_only')
})

test('a mask that lets nothing through is none', () => {
  expect(withMask(grant, 'price', { first: 3, last: 4 }).masks).toEqual({ price: { first: 3, last: 4 } })
  expect(withMask(grant, 'price', { first: 0, last: 0 }).masks).toBeUndefined()
})

test('later fields are those the grant names nowhere', () => {
  const strict = withNewFields(grant, 'hidden', ['name', 'price'])
  expect(strict.known_fields).toEqual(['name', 'price'])
  expect([sightOf(strict, 'name'), sightOf(strict, 'price'), sightOf(strict, 'later')]).toEqual(['shown', 'masked', 'hidden'])
  expect(sightOf(withSight(strict, 'later', 'shown'), 'later')).toBe('shown')
  // what was later before stays as it was barred when the rule goes
  const open = withNewFields(strict, 'shown', ['name', 'price', 'later'])
  expect(open.hidden_fields).toEqual(['later'])
  expect(open).not.toHaveProperty('known_fields')
})

describe('a masked text is what the server shows', () => {
  test.each([
    ['13812345678', { first: 3, last: 4 }, '138****5678'],
    ['13812345678', undefined, '***'],
    ['abcdef', { first: 2, last: 2 }, '***'],
    ['abcdefg', { first: 2, last: 2 }, 'ab****fg'],
    ['𠮷野家食堂部', { first: 1, last: 0 }, '𠮷****'],
    [42, { first: 1 }, '***'],
  ])('%s', (value, mask, shown) => expect(maskedText(value, mask)).toBe(shown))
})

test('roles are found among the files by their full name', () => {
  const files = { 'desk/roles/clerk.json': JSON.stringify({ kind: 'role', key: 'clerk', grants: [] }), 'desk/entities/roles.json': '{' }
  expect(Object.keys(rolesOf(files))).toEqual(['desk.clerk'])
  expect([fullName('desk', 'tool', ['desk.tool', 'person']), fullName('desk', 'person', ['desk.tool', 'person'])]).toEqual(['desk.tool', 'person'])
})
