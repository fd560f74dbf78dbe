// What changed from version to version of a record.
import type { RecordVersion } from '../../api/types'

export interface FieldChange {
  readonly key: string
  readonly before: RecordVersion | null
  readonly after: RecordVersion
}

export interface Step {
  readonly version: RecordVersion
  readonly kind: 'created' | 'changed' | 'removed'
  readonly changes: readonly FieldChange[]
}

const same = (a: unknown, b: unknown) => JSON.stringify(a ?? null) === JSON.stringify(b ?? null)

/** Newest first; each step lists the fields whose value differs from the version before. */
export function stepsOf(versions: readonly RecordVersion[]): Step[] {
  const ordered = [...versions].sort((a, b) => a.version - b.version)
  const steps = ordered.map((version, index): Step => {
    const before = ordered[index - 1] ?? null
    const keys = [...new Set([...Object.keys(before?.values ?? {}), ...Object.keys(version.values)])]
    const changes = keys.filter((key) => !same(before?.values[key], version.values[key])).map((key) => ({ key, before, after: version }))
    return { version, kind: version.deleted ? 'removed' : before ? 'changed' : 'created', changes }
  })
  return steps.reverse()
}
