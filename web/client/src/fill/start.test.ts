import { expect, test } from 'vitest'
import type { FormDescriptor } from '../api/types'
import { startOf } from './start'

const field = (key: string, type: string, more = {}) => ({ key, type, label: key, ...more })
const form: FormDescriptor = {
  name: 'patrol',
  label: 'x',
  entity: 'patrol',
  values: { note: 'as usual' },
  fields: [
    field('machine', 'reference', { entity: 'machine' }), field('helper', 'person'), field('note', 'text'), field('night', 'boolean'),
    field('tags', 'multi_choice'), field('rows', 'child_table', { columns: [] }), field('total', 'formula', { computed: true }), field('photo', 'image'),
  ],
}
const machines = [{ uid: 'u7', display: 'CNC-07' }]
const find = (asked: { key: string }) => Promise.resolve(asked.key === 'machine' ? machines : [...machines, { uid: 'u8', display: 'CNC-08' }])

test('a link fills in what a person could type, and what leads to one record', async () => {
  const given = { machine: 'CNC-07', helper: 'CNC', note: 'loud', night: 'true', tags: 'a,b', strange: 'x' }
  const start = await startOf(form, given, find)
  expect(start).toMatchObject({ machine: machines[0], helper: null, note: 'loud', night: true, tags: ['a', 'b'] })
  expect(start).not.toHaveProperty('strange')
})

test('a link sets neither rows nor computed values nor files, and leaves the defaults', async () => {
  const start = await startOf(form, { rows: '[{}]', total: '9', photo: 'u1' }, find)
  expect(start.note).toBe('as usual')
  expect([start.rows, start.total, start.photo].filter((one) => typeof one === 'string')).toEqual([])
})
