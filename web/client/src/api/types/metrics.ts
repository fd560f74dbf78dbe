// Metrics, passports, rules and backtests.
import type { Text } from './common'
import type { Wire } from './forms'
import type { Column, Origin } from './records'

export interface MetricSummary {
  readonly name: string
  readonly label: Text
  readonly unit?: string | null
  readonly decimals: number
  readonly direction: 'up' | 'down'
  readonly grain: string
  /** Name of the entity that is measured. */
  readonly subject: string
  /** Over the inputs of the metric. */
  readonly formula?: string
  /** The target's formula. */
  readonly target?: string | null
  readonly status?: string
}

export type Band = 'red' | 'yellow' | 'green' | null

export interface Measurement {
  readonly uid: string
  readonly subject: { readonly uid: string; readonly display: string }
  readonly period: number
  readonly period_label: string
  readonly value: string | null
  readonly target?: string | null
  readonly band?: Band
  readonly n?: number | null
  readonly reasons?: string[] | null
  readonly automatic_share?: string | null
  readonly formula_version?: string | number | null
  readonly at?: string | null
}

export interface CalcNode {
  readonly text: string
  /** Its place in the formula, in code points. */
  readonly start?: number | null
  readonly end?: number | null
  readonly value: string | boolean | null
  readonly type?: string
  readonly reason?: string | null
  /** False for a branch that was not taken. */
  readonly evaluated?: boolean
  readonly children?: CalcNode[]
}

export interface PassportRecord {
  /** The viewer has no right to it; it counts all the same. */
  readonly masked?: boolean
  readonly uid: string | null
  readonly entity: string
  readonly version?: number
  readonly display: string
  readonly values: Readonly<Record<string, Wire>>
  readonly origin?: Origin | null
  readonly changed_since?: boolean
}

export interface PassportInput {
  readonly key: string
  readonly label: Text
  readonly aggregate: string
  readonly value: string | null
  readonly count?: number | null
  readonly sum?: string | null
  readonly records: PassportRecord[]
  readonly columns: Column[]
  readonly hidden_columns?: number
  readonly truncated_total?: number | null
}

export interface Passport {
  readonly metric: MetricSummary
  readonly subject: { readonly uid: string; readonly display: string; readonly entity?: string }
  readonly period_label: string
  readonly value: string | null
  readonly target?: string | null
  readonly band?: Band
  readonly rev: number | string
  readonly at: string
  readonly formula: { readonly text: string; readonly canonical?: string; readonly version: string | number; readonly hash?: string }
  readonly tree: CalcNode | null
  readonly inputs: PassportInput[]
  readonly reasons?: string[]
  /** False when the kept records do not give the kept number: somebody must look. */
  readonly recomputes?: boolean
  readonly now?: {
    readonly value: string | null
    readonly tree: CalcNode | null
    readonly inputs: PassportInput[]
    readonly difference: string | null
  } | null
}

export interface Rule {
  readonly name: string
  readonly label: Text
  readonly sentence: Text
  readonly kind: 'period' | 'event' | 'now' | string
  readonly enabled: boolean
  readonly metric?: string | null
  readonly grain?: string | null
  /** The condition it begins with, and the rows it is over. */
  readonly formula?: { readonly entity: string; readonly scope: 'row' | 'rule'; readonly text: string }
}

export interface Backtest {
  readonly periods: { readonly period_label: string; readonly firings: number }[]
  readonly episodes: {
    readonly subject: string
    readonly display: string
    readonly from: string
    readonly to: string | null
    readonly receivers: string[]
  }[]
  readonly receivers: { readonly name: string; readonly count: number }[]
}
