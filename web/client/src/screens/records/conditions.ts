// Conditions of a filter while they are edited, and as the tests that travel.
import type { FieldDescriptor, LookupItem, Test, Wire } from '../../api/types'
import { inputOf, isBlank, isReference, readInput, type Input } from '../../form/model/values'

export interface Condition {
  readonly id: string
  readonly field: string
  readonly op: string
  readonly inputs: readonly Input[]
}

export const ME = '$me' // the person who looks
const TYPED = new Set(['formula', 'lookup', 'rollup', 'sequence']) // without an input of their own
const LISTS = new Set(['multi_choice', 'reference_list']) // of several values already

/** Fields a filter can name. */
export const filterable = (fields: readonly FieldDescriptor[]) =>
  fields.filter((field) => !field.hidden && !field.masked && (field.comparisons?.length ?? 0) > 0)

export const takesOf = (field: FieldDescriptor | undefined, op: string) => field?.comparisons?.find((one) => one.key === op)?.takes ?? 'one'

/** The field as it is typed into a filter: nothing is required there, and several values are a list. */
export function asked(field: FieldDescriptor, takes: string): FieldDescriptor {
  const plain = { ...field, required: false, min: null, max: null, decimals: null }
  if (takes === 'many') {
    if (LISTS.has(field.type)) return plain
    if (isReference(field.type)) return { ...plain, type: 'reference_list', entity: field.entity ?? field.type }
    return { ...plain, type: field.type === 'choice' ? 'multi_choice' : 'tags' }
  }
  return TYPED.has(field.type) || field.type === 'long_text' ? { ...plain, type: 'text' } : plain
}

export function begun(fields: readonly FieldDescriptor[], key: string, id: string): Condition {
  const field = fields.find((one) => one.key === key)
  return { id, field: key, op: field?.comparisons?.[0]?.key ?? '=', inputs: [null] }
}

const several = (value: Test['value']): readonly Wire[] => (Array.isArray(value) ? (value as Wire[]) : [value as Wire])

export function conditionOf(test: Test, fields: readonly FieldDescriptor[], id: string): Condition {
  const field = fields.find((one) => one.key === test.field)
  const takes = takesOf(field, test.op)
  if (!field || takes === 'none') return { id, field: test.field, op: test.op, inputs: [] }
  const shape = asked(field, takes)
  if (takes === 'many') {
    const list = shape.type === 'tags' ? (several(test.value) as string[]) : inputOf(shape, several(test.value) as string[])
    return { id, field: test.field, op: test.op, inputs: [list] }
  }
  return { id, field: test.field, op: test.op, inputs: several(test.value).map((value) => inputOf(shape, value)) }
}

function wireOf(field: FieldDescriptor, takes: string, input: Input | undefined): Wire | undefined {
  if (isBlank(input)) return undefined
  if (takes === 'many' && Array.isArray(input)) return input.map((one) => (typeof one === 'string' ? one : (one as unknown as LookupItem).uid))
  const reading = readInput(asked(field, takes), input)
  return 'wire' in reading && reading.wire !== null ? reading.wire : undefined
}

/** The condition as it travels; null while it is not complete. */
export function testOf(condition: Condition, fields: readonly FieldDescriptor[]): Test | null {
  const field = fields.find((one) => one.key === condition.field)
  if (!field) return null
  const takes = takesOf(field, condition.op)
  if (takes === 'none') return { field: field.key, op: condition.op }
  const count = takes === 'two' ? 2 : 1
  const wires = Array.from({ length: count }, (_, n) => wireOf(field, takes, condition.inputs[n]))
  if (wires.some((wire) => wire === undefined)) return null
  const value = takes === 'two' ? wires : wires[0]
  return { field: field.key, op: condition.op, value: value as NonNullable<Test['value']> }
}
