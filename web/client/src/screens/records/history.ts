// What changed from version to version of a record.
import type { FieldDescriptor, RecordVersion, RowChange, WireRow } from '../../api/types'
import { showValue } from '../../parts/value'

export interface FieldChange {
  readonly key: string
  readonly before: RecordVersion | null
  readonly after: RecordVersion
  readonly rows?: RowChange[]
}

export interface Step {
  readonly version: RecordVersion
  readonly kind: 'created' | 'changed' | 'removed'
  readonly changes: readonly FieldChange[]
}

/** Newest first; each step lists the fields whose value differs from the version before. */
export function stepsOf(versions: readonly RecordVersion[]): Step[] {
  const ordered = [...versions].sort((a, b) => a.version - b.version)
  const steps = ordered.map((version, index): Step => {
    const before = ordered[index - 1] ?? null
    const changes = version.changes.map(({ field, rows }) => ({ key: field, before, after: version, ...(rows ? { rows } : {}) }))
    return { version, kind: version.deleted ? 'removed' : before ? 'changed' : 'created', changes }
  })
  return steps.reverse()
}

/** A row of a child table in words: all its cells, or those that are not as in another row. */
function cellsOf(field: FieldDescriptor, version: RecordVersion | null, at: number | null): Map<string, string> {
  const row = at === null ? undefined : (version?.values[field.key] as WireRow[] | undefined)?.[at]
  if (!row) return new Map()
  return new Map((field.columns ?? []).map((column) => [column.key, showValue(row[column.key], column, version?.display_values?.[`${field.key}.${at}.${column.key}`])]))
}

export interface RowLine {
  readonly number: number
  readonly cells: readonly { readonly key: string; readonly before: string | null; readonly after: string | null }[]
}

/** The rows of a child table that changed, each with the cells that differ. */
export function rowsOf(field: FieldDescriptor, change: FieldChange): RowLine[] {
  return (change.rows ?? []).map(({ before, after }) => {
    const [was, now] = [cellsOf(field, change.before, before), cellsOf(field, change.after, after)]
    const keys = (field.columns ?? []).map((column) => column.key).filter((key) => was.get(key) !== now.get(key))
    const cells = keys.map((key) => ({ key, before: was.get(key) ?? null, after: now.get(key) ?? null }))
    return { number: (after ?? before ?? 0) + 1, cells: cells.filter((cell) => (cell.before ?? '—') !== (cell.after ?? '—')) }
  })
}
