// What a person types against what travels: each field's input value and how it is read.
import type { FieldDescriptor, LookupItem, TreeNode, Wire, WireRow } from '../../api/types'
import { compare, decimalsOf, parseDecimal, plainDigits, shift } from '../../format/decimal'
import { instantOf, localOf } from '../../format/time'
import { nodesOf } from '../tree/outline'

export interface InputRow {
  readonly id: string
  readonly values: Inputs
}
export type Input = string | boolean | null | LookupItem | readonly InputRow[] | TreeNode[] | readonly string[] | readonly LookupItem[]
export type Inputs = Readonly<Record<string, Input>>

/** A complaint about one field; the text is looked up by code. */
export interface Complaint {
  readonly code: 'required' | 'requiredChoice' | 'number' | 'integer' | 'decimals' | 'min' | 'max' | 'date' | 'datetime' | 'duration' | 'location' | 'tree' | 'offered' | 'uploading'
  readonly args: Readonly<Record<string, string>>
}
export type Reading = { readonly wire: Wire } | { readonly complaint: Complaint }

const NUMERIC = new Set(['integer', 'decimal', 'money', 'percent'])
const REFERENCE = new Set(['reference', 'any_reference', 'person', 'department'])
const FILES = new Set(['file', 'image', 'signature'])
const POINTERS = new Set([...REFERENCE, ...FILES]) // the value is a uid, shown by a name
const LISTS = new Set(['multi_choice', 'reference_list'])
const ROWS = new Set(['child_table', 'tree', ...LISTS])
const PICKED = new Set(['choice', 'boolean', 'region', ...LISTS, ...POINTERS])

export const isNumeric = (type: string) => NUMERIC.has(type)
export const isReference = (type: string) => REFERENCE.has(type)
export const isFile = (type: string) => FILES.has(type)
export const isList = (type: string) => LISTS.has(type)
export const isPicked = (type: string) => PICKED.has(type)

export function isBlank(input: Input | undefined): boolean {
  if (input === null || input === undefined) return true
  if (typeof input === 'string') return input.trim() === ''
  return Array.isArray(input) && input.length === 0
}

const complain = (code: Complaint['code'], args: Complaint['args'] = {}): Reading => ({ complaint: { code, args } })

function readNumber(field: FieldDescriptor, text: string): Reading {
  const typed = plainDigits(text).replace(/%$/, '')
  const parsed = parseDecimal(typed)
  if (parsed === null) return complain(field.type === 'integer' ? 'integer' : 'number')
  const percent = field.type === 'percent'
  const value = percent ? shift(parsed, -2) : parsed
  if (field.type === 'integer' && value.includes('.')) return complain('integer')
  const allowed = field.decimals ?? null
  if (allowed !== null && decimalsOf(value) > allowed)
    return complain('decimals', { decimals: String(Math.max(0, percent ? allowed - 2 : allowed)) })
  const shown = (limit: string) => (percent ? `${shift(limit, 2)}%` : limit)
  if (field.min && compare(value, field.min) < 0) return complain('min', { min: shown(field.min) })
  if (field.max && compare(value, field.max) > 0) return complain('max', { max: shown(field.max) })
  return { wire: value }
}

/** Typed dates in the ways people write them: 2026-2-8, 2026/2/8, 20260208, 2026年2月8日. */
export function readDate(text: string): string | null {
  const found = /^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?$/.exec(plainDigits(text)) ?? /^(\d{4})(\d{2})(\d{2})$/.exec(plainDigits(text))
  if (!found) return null
  const [year, month, day] = [Number(found[1]), Number(found[2]), Number(found[3])]
  const at = new Date(Date.UTC(year, month - 1, day))
  if (at.getUTCMonth() !== month - 1 || at.getUTCDate() !== day) return null
  return at.toISOString().slice(0, 10)
}

function readDateTime(text: string): Reading {
  const [day = '', clock = '00:00'] = text.trim().replace('T', ' ').split(/\s+/)
  const date = readDate(day)
  const time = /^(\d{1,2})[:：](\d{2})(?:[:：](\d{2}))?$/.exec(clock)
  if (!date || !time || Number(time[1]) > 23 || Number(time[2]) > 59) return complain('datetime')
  const instant = instantOf(`${date}T${(time[1] ?? '').padStart(2, '0')}:${time[2]}`)
  return instant ? { wire: instant } : complain('datetime')
}

/** Lengths of time as people write them: 8:30, 8h30m, 1天2小时, 90分, or ISO 8601. */
export function readDuration(text: string): string | null {
  const typed = plainDigits(text).trim().replace(/\s+/g, '')
  if (/^-?P(?=.)(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+(\.\d{1,6})?S)?)?$/.test(typed)) return typed
  const clock = /^(\d{1,6}):([0-5]\d)$/.exec(typed)
  if (clock) return `PT${Number(clock[1])}H${Number(clock[2])}M`
  const parts = /^(?:(\d+)(?:天|日|d))?(?:(\d+)(?:小时|时|h))?(?:(\d+)(?:分钟|分|m|min))?(?:(\d+)(?:秒|s))?$/i.exec(typed)
  if (!parts || !typed) return null
  const [days, hours, minutes, seconds] = parts.slice(1).map((part, n) => (part ? `${Number(part)}${'DHMS'[n]}` : ''))
  const time = `${hours}${minutes}${seconds}`
  return `P${days}${time ? `T${time}` : ''}`
}

/** PT8H30M as 8小时30分 is written in forms: 8h30m. */
export const shownDuration = (wire: string): string => wire.replace(/^(-?)PT?/, '$1').replace('T', '').toLowerCase()

/** 31.23, 121.47: degrees within the globe. */
export function readLocation(text: string): string | null {
  const found = /^(-?\d{1,3}(?:\.\d+)?)\s*[,，]\s*(-?\d{1,3}(?:\.\d+)?)$/.exec(text.trim())
  if (!found || Math.abs(Number(found[1])) > 90 || Math.abs(Number(found[2])) > 180) return null
  return `${found[1]},${found[2]}`
}

function readList(field: FieldDescriptor, input: readonly (string | LookupItem)[]): Reading {
  const wire = input.map((one) => (typeof one === 'string' ? one : one.uid))
  if (field.min && wire.length < Number(field.min)) return complain('min', { min: field.min })
  if (field.max && wire.length > Number(field.max)) return complain('max', { max: field.max })
  return { wire }
}

/** The wire value of a filled input, or what is wrong with it. */
export function readInput(field: FieldDescriptor, input: Input | undefined): Reading {
  if (isBlank(input)) return { wire: null }
  if (typeof input === 'string') {
    if (NUMERIC.has(field.type)) return readNumber(field, input)
    if (field.type === 'date') {
      const date = readDate(input)
      return date ? { wire: date } : complain('date')
    }
    if (field.type === 'datetime') return readDateTime(input)
    if (field.type === 'duration') {
      const length = readDuration(input)
      return length ? { wire: length } : complain('duration')
    }
    if (field.type === 'location') {
      const place = readLocation(input)
      return place ? { wire: place } : complain('location')
    }
    return { wire: field.type === 'choice' ? input : input.trim() }
  }
  if (LISTS.has(field.type)) return readList(field, input as readonly (string | LookupItem)[])
  if (field.type === 'tree') {
    const nodes = input as TreeNode[]
    return nodesOf(nodes).some((node) => node.text.trim() === '') ? complain('tree') : { wire: nodes }
  }
  if (field.type === 'child_table') return { wire: (input as readonly InputRow[]).map((row) => wireRow(field.columns ?? [], row.values)) }
  if (POINTERS.has(field.type)) {
    const { uid } = input as LookupItem
    return uid ? { wire: uid } : complain('uploading') // a file has its uid once it is on the server
  }
  return { wire: input as boolean }
}

/** A row as it travels; a cell that does not read yet is blank (its complaint is shown elsewhere). */
export function wireRow(fields: readonly FieldDescriptor[], inputs: Inputs): WireRow {
  const row: Record<string, Wire> = {}
  for (const field of fields) {
    const reading = readInput(field, inputs[field.key])
    row[field.key] = 'wire' in reading ? reading.wire : null
  }
  return row
}

/** The input that shows a stored value; `names` are the names of what lists point to, by uid, and rows, by `number.column`. */
export function inputOf(
  field: FieldDescriptor,
  wire: Wire | undefined,
  display?: string | null,
  names: (part: string) => string | null | undefined = () => null,
): Input {
  if (wire === null || wire === undefined) return ROWS.has(field.type) ? [] : null
  if (field.type === 'duration') return shownDuration(String(wire))
  if (field.type === 'multi_choice') return wire as readonly string[]
  if (field.type === 'reference_list') return (wire as readonly string[]).map((uid) => ({ uid, display: names(uid) ?? uid }))
  if (field.type === 'percent') return shift(String(wire), 2)
  if (field.type === 'datetime') return localOf(String(wire)).replace('T', ' ')
  if (POINTERS.has(field.type)) return { uid: String(wire), display: display ?? String(wire) }
  if (field.type === 'tree') return typeof wire === 'string' ? (JSON.parse(wire) as TreeNode[]) : (wire as TreeNode[])
  if (field.type === 'child_table') {
    const columns = field.columns ?? []
    return (wire as readonly WireRow[]).map((row, index) => ({
      id: `row${index}`,
      values: inputsOf(columns, row, Object.fromEntries(columns.map(({ key }) => [key, names(`${index}.${key}`) ?? null]))),
    }))
  }
  return wire as Input
}

export function inputsOf(
  fields: readonly FieldDescriptor[],
  values: Readonly<Record<string, Wire>>,
  display: Readonly<Record<string, string | null>> = {},
): Inputs {
  return Object.fromEntries(
    fields.map((field) => [field.key, inputOf(field, values[field.key], display[field.key], (part) => display[`${field.key}.${part}`])]),
  )
}
