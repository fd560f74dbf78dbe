// Which fields a list shows, and by which it makes groups.
import type { EntityDescriptor, FieldDescriptor } from '../../api/types'

export const STEPS = ['month', 'quarter', 'year'] as const
export const LISTED_ONLY = new Set(['long_text', 'tree', 'child_table', 'incoming']) // in the drawer only
const COLUMNS = 9
const NO_GROUPS = new Set(['long_text', 'datetime', 'file', 'image', 'signature', 'location', 'tree'])

/** The columns that were chosen; else those worth a place: what names the record first, long content left to the drawer. */
export function columnsOf(entity: EntityDescriptor, chosen: readonly string[] = []): FieldDescriptor[] {
  const shown = entity.fields.filter((field) => !field.hidden && !LISTED_ONLY.has(field.type))
  const wanted = chosen.flatMap((key) => shown.find((field) => field.key === key) ?? [])
  if (wanted.length > 0) return wanted
  const first = shown.filter((field) => field.key === entity.display)
  return [...first, ...shown.filter((field) => field.key !== entity.display)].slice(0, COLUMNS)
}

export const groupable = (field: FieldDescriptor) => !field.masked && (field.aggregates?.length ?? 0) > 0 && !NO_GROUPS.has(field.type)
