import { expect, test } from 'vitest'
import { documentOf, keyFault, keyFor, partsOf, settingsFault, settingsOf, withAdded, withField, withoutField, withUnique } from './document'

const GOAL = {
  kind: 'entity',
  key: 'goal',
  fields: [
    { key: 'name', type: 'text', label: { 'zh-CN': '名称' }, required: true },
    { key: 'weight', type: 'decimal', decimals: 2, min: '0' },
  ],
}
const FILES = { 'core/entities/goal.json': JSON.stringify(GOAL), 'core/forms/goal.json': '{"kind": "form", "key": "goal"}', 'other/x.json': '{' }

test('an entity is found by its name among the files of everything', () => {
  expect(documentOf(FILES, 'core.goal')).toEqual(GOAL)
  expect(documentOf(FILES, 'other.x')).toBeNull()
  expect(documentOf(FILES, 'core.none')).toBeNull()
})

test('another type drops what only the old one knew', () => {
  expect(withField(GOAL, 'weight', { type: 'text' }).fields?.[1]).toEqual({ key: 'weight', type: 'text' })
  expect(withField(GOAL, 'weight', { type: 'decimal', required: true }).fields?.[1]).toEqual({ ...GOAL.fields[1], required: true })
  expect(withoutField(GOAL, 'weight').fields).toEqual([GOAL.fields[0]])
})

test('a new field has a key of its own and says what its type needs', () => {
  expect(keyFor('Due date', [])).toBe('x_due_date')
  expect(keyFor('', ['x_field', 'x_field_2'])).toBe('x_field_3')
  expect([keyFault('Due', []), keyFault('name', ['name']), keyFault('x_due', ['name'])]).toEqual(['badKey', 'takenKey', null])
  expect([settingsFault('choice', { options: ' \n', entity: '' }), settingsFault('reference', { options: '', entity: '' }), settingsFault('text', { options: '', entity: '' })]).toEqual(['needOptions', 'needEntity', null])
  expect(partsOf('reference', { options: 'x', entity: 'core.goal' })).toEqual({ entity: 'core.goal' })
  expect(withAdded(GOAL, { key: 'x_a', type: 'text' }).fields?.at(-1)).toEqual({ key: 'x_a', type: 'text' })
})

test('options that stay keep their ids', () => {
  const field = { key: 's', type: 'choice', options: [{ id: 'a', label: { 'zh-CN': '甲', en: 'A' } }, { id: 'o2', label: { 'zh-CN': '乙' } }] }
  expect(settingsOf(field)).toEqual({ options: '甲\n乙', entity: '' })
  expect(partsOf('choice', { options: '乙\n丙\n乙', entity: '' }, field)).toEqual({ options: [field.options[1], { id: 'o3', label: { 'zh-CN': '丙' } }] })
})

test('without any unique fields the part is left out', () => {
  expect(withUnique(GOAL, [['name', 'weight']]).unique).toEqual([['name', 'weight']])
  expect('unique' in withUnique({ ...GOAL, unique: [['name']] }, [])).toBe(false)
})
