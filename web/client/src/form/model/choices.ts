// Filters of pickers: what they read of the form, and what is chosen anew when that changes.
import type { Asks, FieldDescriptor, FormDescriptor, FormFilter, Wire } from '../../api/types'
import type { Place } from './draft'

type Values = Readonly<Record<string, Wire>>

const readBy = (filters: readonly FormFilter[], root: 'form' | 'row') =>
  new Set(filters.flatMap((one) => one.reads.filter((path) => path.startsWith(`${root}.`)).map((path) => path.split('.')[1] ?? '')))

const only = (values: Values, keys: ReadonlySet<string>): Values => Object.fromEntries(Object.entries(values).filter(([key]) => keys.has(key)))

export interface RowOf {
  readonly table: string
  readonly values: Values
}

/** What the picker of a field asks; nothing when no filter speaks of it. */
export function asksOf(form: FormDescriptor, field: FieldDescriptor, values: Values, place?: Place, row?: RowOf): Asks | undefined {
  const filters = ((row ? form.rows?.[row.table]?.filters : form.filters) ?? []).filter((one) => one.at === field.key)
  if (filters.length === 0) return undefined
  return {
    form: form.name,
    field: field.key,
    values: only(values, readBy(filters, 'form')),
    ...(row ? { table: row.table, row: only(row.values, readBy(filters, 'row')) } : {}),
    ...(place?.task ? { task: place.task } : {}),
    ...(place?.record ? { record: place.record } : {}),
  }
}

/** The fields to choose anew after one has changed, and those that hang on them. */
export function dependents(filters: readonly FormFilter[] | undefined, root: 'form' | 'row', changed: string): readonly string[] {
  const found = new Set<string>()
  const waiting = [changed]
  for (let key = waiting.pop(); key !== undefined; key = waiting.pop()) {
    for (const one of filters ?? []) {
      if (one.at === changed || found.has(one.at) || !readBy([one], root).has(key)) continue
      found.add(one.at)
      waiting.push(one.at)
    }
  }
  return [...found]
}
