// What stands on the workbench, in the address and kept over a reload.
import type { FormulaPlace, MetricSummary, Rule } from '../../api/types'
import { parseDecimal } from '../../format/decimal'

export type Scope = NonNullable<FormulaPlace['scope']>

export interface Bench {
  readonly entity: string
  /** Over a record, over the inputs of a metric, or judging its numbers. */
  readonly scope: Scope
  /** The metric it is about; of a formula over a record the one it is the target of. */
  readonly metric: string | null
  readonly condition: boolean
  readonly record: string | null
  readonly text: string
}

const STORE = 'plumbline.workbench'

const usual = (metric: string | null | undefined): Scope => (metric ? 'rule' : 'row')

function scopeFrom(said: unknown, metric: string | null): Scope {
  return metric && (said === 'row' || said === 'metric') ? said : usual(metric)
}

/** The address of a formula on the workbench; the formula is behind the #, which no server reads or limits. */
export function benchPath(bench: Partial<Bench> & { entity: string }): string {
  const search = new URLSearchParams({ entity: bench.entity })
  if (bench.metric) search.set('metric', bench.metric)
  if (bench.scope && bench.scope !== usual(bench.metric)) search.set('scope', bench.scope)
  if (bench.condition) search.set('condition', '1')
  if (bench.record) search.set('record', bench.record)
  return `/formulas?${search}${bench.text ? `#${new URLSearchParams({ f: bench.text })}` : ''}`
}

/** What an address asks for; null when it names no entity. */
export function readBench(search: string, hash: string): Bench | null {
  const given = new URLSearchParams(search)
  const entity = given.get('entity')
  if (!entity) return null
  const metric = given.get('metric')
  return {
    entity,
    scope: scopeFrom(given.get('scope'), metric),
    metric,
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
    const metric = kept.metric ?? null
    const { entity, text, record = null } = kept
    return { entity, scope: scopeFrom(kept.scope, metric), metric, condition: kept.condition === true, record, text }
  } catch {
    return null
  }
}

/** Where the formula stands, as the server wants to hear it. */
export function placeOf(bench: Bench, metrics: readonly MetricSummary[]): FormulaPlace {
  const { entity, scope, metric, condition } = bench
  if (!metric) return { entity, scope: 'row', condition }
  const grain = metrics.find((one) => one.name === metric)?.grain as FormulaPlace['grain']
  return { entity, scope, metric, ...(grain && { grain }) }
}

/** The condition of a rule, to be tried. */
export function ruleBench(rule: Rule, formula: NonNullable<Rule['formula']>): Bench {
  const metric = formula.scope === 'rule' ? (rule.metric ?? null) : null
  return { entity: formula.entity, scope: usual(metric), metric, condition: formula.scope === 'row', record: null, text: formula.text }
}

/** The formula of a metric, over its inputs. */
export function metricBench(metric: MetricSummary): Bench {
  return { entity: metric.subject, scope: 'metric', metric: metric.name, condition: false, record: null, text: metric.formula ?? '' }
}

/** The target of a metric when that is a formula over its subject; it counts in the calendar of the metric. */
export function targetBench(metric: MetricSummary): Bench | null {
  if (!metric.target || parseDecimal(metric.target) !== null) return null
  return { ...metricBench(metric), scope: 'row', text: metric.target }
}
