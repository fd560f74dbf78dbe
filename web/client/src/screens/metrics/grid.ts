// Measurements as a grid of subjects by periods.
import type { Measurement } from '../../api/types'

const latest = (row: { cells: ReadonlyMap<number, Measurement> }) => Math.max(...row.cells.keys())

export interface Grid {
  readonly periods: readonly { readonly number: number; readonly label: string }[]
  readonly rows: readonly { readonly uid: string; readonly display: string; readonly cells: ReadonlyMap<number, Measurement> }[]
}

/** Periods oldest first, the last `limit` of them; subjects measured last stand first. */
export function gridOf(measurements: readonly Measurement[], limit: number): Grid {
  const labels = new Map(measurements.map((one) => [one.period, one.period_label]))
  const periods = [...labels.keys()].sort((a, b) => a - b).slice(-limit)
  const rows = new Map<string, { uid: string; display: string; cells: Map<number, Measurement> }>()
  for (const one of measurements) {
    const row = rows.get(one.subject.uid) ?? { uid: one.subject.uid, display: one.subject.display, cells: new Map() }
    row.cells.set(one.period, one)
    rows.set(one.subject.uid, row)
  }
  return {
    periods: periods.map((number) => ({ number, label: labels.get(number) ?? String(number) })),
    rows: [...rows.values()].sort((a, b) => latest(b) - latest(a)),
  }
}
