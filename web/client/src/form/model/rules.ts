// What the rules of a form say for the values at hand: who is shown, required, read only; what is wrong.
import type { FieldDescriptor, FormDescriptor, FormRule, Labels, LayoutNode, Text, Wire } from '../../api/types'
import { formatDate, businessNow } from '../../format/time'
import { isList } from './values'
import { evaluate, type ParamValues, type RowValues } from '../../formula/evaluate'

export interface Standing {
  readonly hidden: ReadonlySet<string>
  readonly required: ReadonlySet<string>
  readonly readOnly: ReadonlySet<string>
  /** The only options to choose from, where a rule says so. */
  readonly offered: ReadonlyMap<string, ReadonlySet<string>>
}

export interface FailedCheck {
  readonly field: string
  readonly message: Text
}

type Action = 'show' | 'require' | 'read_only' | 'offer'

interface Consequence {
  readonly action: Action
  readonly field: string
  readonly options: readonly string[]
}

/** {"require": "reason"}, or {"offer": "city", "options": ["a", "b"]}. */
export function consequencesOf(rule: FormRule): Consequence[] {
  return (rule.then ?? []).flatMap(({ options, ...entry }) =>
    Object.entries(entry).map(([key, value]) => ({
      action: key as Action,
      field: String(value),
      options: Array.isArray(options) ? (options as readonly string[]) : [],
    })),
  )
}

/** A row of a child table judged like a form of its own. */
export function rowForm(form: FormDescriptor, table: FieldDescriptor): FormDescriptor {
  return { name: form.name, label: table.label, entity: table.entity ?? '', fields: table.columns ?? [], ...form.rows?.[table.key] }
}

export function fieldsUsed(layout: readonly LayoutNode[]): string[] {
  return layout.flatMap((node) => ('field' in node ? [node.field] : fieldsUsed(node.children)))
}

export function isFillable(field: FieldDescriptor): boolean {
  return !field.computed && !field.hidden && field.type !== 'formula'
}

/** Fillable for others, not for the reader's role. */
export const isBarred = (field: FieldDescriptor) => field.masked === true || field.writable === false

/** The fields of the form in layout order; without a layout, every field that can be filled. */
export function formFields(form: FormDescriptor): FieldDescriptor[] {
  const byKey = new Map(form.fields.map((field) => [field.key, field]))
  if (!form.layout?.length) return form.fields.filter(isFillable)
  return fieldsUsed(form.layout).flatMap((key) => byKey.get(key) ?? [])
}

type Values = Readonly<Record<string, Wire>>

/** Today and now, by the business clock. */
function paramsNow(): ParamValues {
  const now = new Date(businessNow()).toISOString()
  return { today: formatDate(now), now }
}

/** True, false, unknown (null), or undefined when only the server can tell. */
function holds(formula: unknown, row: RowValues): boolean | null | undefined {
  const { value, decided } = evaluate(formula, row, paramsNow())
  if (!decided) return undefined
  return typeof value === 'boolean' ? value : null
}

/** The values as formulas read them: a list is rows with one value each. */
function asRows(form: FormDescriptor, values: Values): Record<string, Wire> {
  const row: Record<string, Wire> = { ...values }
  for (const field of form.fields) {
    const wire = row[field.key]
    if (isList(field.type) && Array.isArray(wire)) row[field.key] = (wire as string[]).map((value) => ({ value }))
  }
  return row
}

/** The values with what is computed from them; what only the server can compute is left as it is. */
export function withComputed(form: FormDescriptor, values: Values): Values {
  const row = asRows(form, values)
  for (const [key, formula] of Object.entries(form.calc ?? {})) {
    const { wire, decided } = evaluate(formula, row, paramsNow())
    if (decided) row[key] = wire
  }
  return row
}

/** What fields start with, in order: a default may build on the one before. */
export function defaultsOf(form: FormDescriptor): Values {
  const row: Record<string, Wire> = { ...form.values }
  for (const [key, formula] of Object.entries(form.defaults ?? {})) {
    if ((row[key] ?? null) !== null) continue
    const { wire, decided } = evaluate(formula, row, paramsNow())
    if (decided && wire !== null) row[key] = wire
  }
  return row
}

function standingOnce(form: FormDescriptor, row: Values): Standing {
  const shown = new Set<string>()
  const shownByRule = new Set<string>()
  const required = new Set(form.fields.filter((field) => field.required).map((field) => field.key))
  const readOnly = new Set(form.fields.filter((field) => !isFillable(field) || isBarred(field)).map((field) => field.key))
  const offered = new Map<string, ReadonlySet<string>>()
  for (const rule of form.rules ?? []) {
    if (rule.when_ir === undefined) continue
    const on = holds(rule.when_ir, row)
    for (const { action, field, options } of consequencesOf(rule)) {
      if (action === 'show') shownByRule.add(field)
      // what only the server can decide is shown: hiding it would make it impossible to fill
      if (action === 'show' && on !== false && on !== null) shown.add(field)
      if (on !== true) continue
      if (action === 'require') required.add(field)
      if (action === 'read_only') readOnly.add(field)
      if (action === 'offer') offered.set(field, new Set(options.filter((option) => offered.get(field)?.has(option) ?? true)))
    }
  }
  return { hidden: new Set([...shownByRule].filter((key) => !shown.has(key))), required, readOnly, offered }
}

export const withoutHidden = (values: Values, hidden: ReadonlySet<string>): Values => ({
  ...values,
  ...Object.fromEntries([...hidden].map((key) => [key, null])),
})

/** How every field stands. A hidden value counts as blank, which may hide more: repeated until it settles. */
export function standingOf(form: FormDescriptor, values: Values): Standing {
  let hidden: ReadonlySet<string> = new Set()
  for (;;) {
    const found = standingOnce(form, withComputed(form, withoutHidden(values, hidden)))
    const next = new Set([...hidden, ...found.hidden])
    if (next.size === hidden.size) return { ...found, hidden: next }
    hidden = next
  }
}

/** Checks that are false; one that cannot be decided yet is no complaint. */
export function failedChecks(form: FormDescriptor, values: Values): FailedCheck[] {
  const row = withComputed(form, values)
  const missing: Labels = {}
  return (form.rules ?? []).flatMap((rule) =>
    rule.check_ir !== undefined && holds(rule.check_ir, row) === false ? [{ field: rule.at ?? '', message: rule.message ?? missing }] : [],
  )
}

/** The field with only the options that may be chosen now. */
export function offeredOf(field: FieldDescriptor, offered: Standing['offered']): FieldDescriptor {
  const allowed = offered.get(field.key)
  return allowed && field.options ? { ...field, options: field.options.filter((option) => allowed.has(option.id)) } : field
}
