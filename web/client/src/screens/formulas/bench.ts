// What stands on the workbench, in the address and kept over a reload.
import type { FormulaPlace, MetricSummary, Rule } from '../../api/types'
import { parseDecimal } from '../../format/decimal'

export interface Bench {
  readonly entity: string
  /** Judges the numbers of this metric; without one the formula is over a record. */
  readonly metric: string | null
  readonly condition: boolean
  readonly record: string | null
  readonly text: string
}

const STORE = 'plumbline.workbench'

/** The address of a formula on the workbench; the formula is behind the #, which no server reads or limits. */
export function benchPath(bench: Partial<Bench> & { entity: string }): string {
  const search = new URLSearchParams({ entity: bench.entity })
  if (bench.metric) search.set('metric', bench.metric)
  if (bench.condition) search.set('condition', '1')
  if (bench.record) search.set('record', bench.record)
  return `/formulas?${search}${bench.text ? `#${new URLSearchParams({ f: bench.text })}` : ''}`
}

/** What an address asks for; null when it names no entity. */
export function readBench(search: string, hash: string): Bench | null {
  const given = new URLSearchParams(search)
  const entity = given.get('entity')
  if (!entity) return null
  return {
    entity,
    metric: given.get('metric'),
    condition: given.get('condition') === '1',
    record: given.get('record'),
    text: new URLSearchParams(hash.replace(/^#/, '')).get('f') ?? '',
  }
}

export function keepBench(bench: Bench, store: Storage = sessionStorage): void {
  try {
    store.setItem(STORE, JSON.stringify(bench))
  } catch {
    // full or forbidden: the address still has it
  }
}

export function keptBench(store: Storage = sessionStorage): Bench | null {
  try {
    const kept = JSON.parse(store.getItem(STORE) ?? 'null') as Partial<Bench> | null
    if (typeof kept?.entity !== 'string' || typeof kept.text !== 'string') return null
    return { entity: kept.entity, metric: kept.metric ?? null, condition: kept.condition === true, record: kept.record ?? null, text: kept.text }
  } catch {
    return null
  }
}

/** Where the formula stands, as the server wants to hear it. */
export function placeOf(bench: Bench, metrics: readonly MetricSummary[]): FormulaPlace {
  if (!bench.metric) return { entity: bench.entity, scope: 'row', condition: bench.condition }
  const grain = metrics.find((one) => one.name === bench.metric)?.grain as FormulaPlace['grain']
  return { entity: bench.entity, scope: 'rule', metric: bench.metric, ...(grain && { grain }) }
}

/** The condition of a rule, to be tried. */
export function ruleBench(rule: Rule, formula: NonNullable<Rule['formula']>): Bench {
  const metric = formula.scope === 'rule' ? (rule.metric ?? null) : null
  return { entity: formula.entity, metric, condition: formula.scope === 'row', record: null, text: formula.text }
}

/** The target of a metric when that is a formula over its subject; else a condition on its numbers. */
export function metricBench(metric: MetricSummary): Bench {
  const start = { entity: metric.subject, condition: false, record: null }
  if (metric.target && parseDecimal(metric.target) === null) return { ...start, metric: null, text: metric.target }
  return { ...start, metric: metric.name, text: 'value < target' }
}
