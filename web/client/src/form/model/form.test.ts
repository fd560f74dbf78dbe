import { describe, expect, it } from 'vitest'
import type { FieldDescriptor, FormDescriptor } from '../../api/types'
import { reduce, startState } from './state'
import { judge } from './validate'
import { inputOf, readDate, readInput } from './values'

const field = (key: string, type: string, more: Partial<FieldDescriptor> = {}): FieldDescriptor => ({ key, type, label: key, ...more })
const yes = {
  v: 1,
  hash: '',
  type: ['boolean', true],
  ir: {
    k: 'call',
    op: 'eq',
    t: ['boolean', true],
    a: [
      { k: 'field', p: 'level', t: ['choice', true, []] },
      { k: 'const', v: 'high', t: ['choice', false, []] },
    ],
  },
}
const positive = {
  v: 1,
  hash: '',
  type: ['boolean', true],
  ir: {
    k: 'call',
    op: 'gt',
    t: ['boolean', true],
    a: [
      { k: 'field', p: 'end', t: ['date', true] },
      { k: 'field', p: 'start', t: ['date', true] },
    ],
  },
}
const form: FormDescriptor = {
  name: 'f',
  label: 'f',
  entity: 'e',
  fields: [
    field('level', 'choice', { required: true }),
    field('reason', 'long_text'),
    field('weight', 'percent', { max: '1', decimals: 4 }),
    field('start', 'date'),
    field('end', 'date'),
    field('rows', 'child_table', { columns: [field('qty', 'integer', { required: true })] }),
  ],
  rules: [
    { id: 'r1', when_ir: yes, then: [{ show: 'reason' }, { require: 'reason' }] },
    { id: 'r2', check_ir: positive, message: { 'zh-CN': '晚于', en: 'later' }, at: 'end' },
  ],
}
const paths = (inputs: Parameters<typeof judge>[1]) => judge(form, inputs).findings.map((finding) => finding.path)

describe('a form being filled in', () => {
  it('asks for what is required and nothing that is hidden', () => {
    expect(paths({})).toEqual(['level'])
    expect(paths({ level: 'high' })).toEqual(['reason'])
    expect(paths({ level: 'low' })).toEqual([])
  })

  it('drops hidden fields but keeps what was typed', () => {
    const inputs = { level: 'low', reason: 'typed before' }
    expect(judge(form, inputs).wire).not.toHaveProperty('reason')
    expect(judge(form, { ...inputs, level: 'high' }).wire).toHaveProperty('reason', 'typed before')
  })

  it('runs the checks of the form with the language of the server', () => {
    expect(paths({ level: 'low', start: '2026-02-08', end: '2026-02-01' })).toEqual(['end'])
    expect(paths({ level: 'low', start: '2026-02-08' })).toEqual([])
  })

  it('judges every row of a child table', () => {
    const rows = [
      { id: '1', values: { qty: '3' } },
      { id: '2', values: { qty: '' } },
      { id: '3', values: { qty: '2.5' } },
    ]
    expect(paths({ level: 'low', rows })).toEqual(['rows.1.qty', 'rows.2.qty'])
  })

  it('reads numbers the way people type them', () => {
    expect(readInput(field('n', 'percent'), '30%')).toEqual({ wire: '0.3' })
    expect(readInput(field('n', 'decimal'), '１，２３４．５')).toEqual({ wire: '1234.5' })
    expect(readInput(field('n', 'percent', { max: '1' }), '120')).toEqual({ complaint: { code: 'max', args: { max: '100%' } } })
    expect(inputOf(field('n', 'percent'), '0.3')).toBe('30')
  })

  it('reads dates the way people type them', () => {
    expect(['2026-2-8', '2026/02/08', '20260208', '2026年2月8日'].map(readDate)).toEqual(Array(4).fill('2026-02-08'))
    expect(readDate('2026-02-30')).toBeNull()
  })

  it('forgets the refusal of a field once it is changed', () => {
    const refused = reduce(startState({}), { type: 'refuse', refused: { level: 'no', 'rows.0.qty': 'no' } })
    expect(reduce(refused, { type: 'set', key: 'level', input: 'low' }).refused).toEqual({ 'rows.0.qty': 'no' })
    expect(reduce(refused, { type: 'set', key: 'rows', input: [] }).refused).toEqual({ level: 'no' })
  })
})
