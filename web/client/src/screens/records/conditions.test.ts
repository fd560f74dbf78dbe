import { expect, test } from 'vitest'
import type { Comparison, FieldDescriptor, Test } from '../../api/types'
import { begun, conditionOf, filterable, testOf } from './conditions'

const compare = (key: string, takes: Comparison['takes']): Comparison => ({ key, takes, label: key })
const ALL = [compare('=', 'one'), compare('between', 'two'), compare('in', 'many'), compare('blank', 'none')]
const FIELDS: FieldDescriptor[] = [
  { key: 'share', type: 'percent', label: 'Share', comparisons: ALL },
  { key: 'day', type: 'date', label: 'Day', comparisons: ALL },
  { key: 'state', type: 'choice', label: 'State', comparisons: ALL, options: [{ id: 'open', label: 'Open' }] },
  { key: 'owner', type: 'person', label: 'Owner', comparisons: ALL },
  { key: 'name', type: 'text', label: 'Name', comparisons: ALL },
  { key: 'total', type: 'formula', label: 'Total', comparisons: ALL, computed: true },
  { key: 'pay', type: 'money', label: 'Pay', comparisons: ALL, masked: true },
  { key: 'tags', type: 'multi_choice', label: 'Tags', comparisons: [compare('has_any', 'many')], options: [{ id: 'x', label: 'X' }] },
  { key: 'mates', type: 'reference_list', label: 'Mates', entity: 'p.mate', comparisons: [compare('has_all', 'many')] },
  { key: 'rows', type: 'child_table', label: 'Rows', comparisons: [compare('filled', 'none')] },
  { key: 'strange', type: 'other', label: 'Strange', comparisons: [] },
]

const TESTS: Test[] = [
  { field: 'share', op: '=', value: '0.2' },
  { field: 'share', op: 'between', value: ['0.1', '0.25'] },
  { field: 'day', op: '=', value: '2026-02-08' },
  { field: 'state', op: 'in', value: ['open'] },
  { field: 'owner', op: '=', value: '$me' },
  { field: 'owner', op: 'in', value: ['a', 'b'] },
  { field: 'name', op: 'in', value: ['x', 'y'] },
  { field: 'name', op: 'blank' },
  { field: 'total', op: '=', value: '12' },
  { field: 'tags', op: 'has_any', value: ['x'] },
  { field: 'mates', op: 'has_all', value: ['a', 'b'] },
  { field: 'rows', op: 'filled' },
]

test.each(TESTS)('a test is shown and read back: $field $op', (given) => {
  expect(testOf(conditionOf(given, FIELDS, 'c'), FIELDS)).toEqual(given)
})

test('what is not complete asks for nothing', () => {
  expect(testOf(begun(FIELDS, 'share', 'c'), FIELDS)).toBeNull()
  expect(testOf({ id: 'c', field: 'share', op: 'between', inputs: ['10', null] }, FIELDS)).toBeNull()
  expect(testOf({ id: 'c', field: 'day', op: '=', inputs: ['soon'] }, FIELDS)).toBeNull()
})

test('masked fields and those nothing can be asked of are not offered', () => {
  expect(filterable(FIELDS).map((field) => field.key)).toEqual(['share', 'day', 'state', 'owner', 'name', 'total', 'tags', 'mates', 'rows'])
})
