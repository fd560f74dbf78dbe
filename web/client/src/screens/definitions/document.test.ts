import { expect, test } from 'vitest'
import { documentOf, withField, withoutField } from './document'

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
