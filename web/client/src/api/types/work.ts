// Tasks, alerts and messages.
import type { NamedRule, RecordRef, Text } from './common'
import type { FormDescriptor, Wire } from './forms'
import type { Column, Row } from './records'

export type TaskState = 'open' | 'done' | 'cancelled'

export interface Task {
  readonly uid: string
  readonly title: Text
  readonly kind: string
  readonly state: TaskState
  readonly opened_at: string
  readonly due_at?: string | null
  readonly done_at?: string | null
  readonly overdue?: boolean
  readonly subject?: RecordRef | null
  readonly rule?: NamedRule | null
  readonly alert_uid?: string | null
  readonly response_hours?: string | null
}

export interface Sample {
  readonly at: string
  readonly value: string | number
  readonly quality?: number | string | null
}

/** What a card fills in before anybody types. */
export interface Given {
  readonly values?: Readonly<Record<string, Wire>>
  readonly display_values?: Readonly<Record<string, string | null>>
}

export type Step =
  | {
      readonly type: 'chart'
      readonly label: Text
      readonly series: { readonly name: Text; readonly unit?: string | null; readonly points: Sample[] }
    }
  | {
      readonly type: 'records'
      readonly label: Text
      readonly entity: { readonly name: string; readonly label: Text }
      readonly columns: Column[]
      readonly rows: Row[]
    }
  | ({ readonly type: 'form'; readonly label: Text; readonly form: FormDescriptor; readonly done?: boolean } & Given)
  | { readonly type: 'confirm'; readonly label: Text; readonly text?: Text | null; readonly done?: boolean }

export interface Evidence {
  /** An instant, or the label of a period. */
  readonly at: string
  readonly text: Text
  readonly record_uid?: string | null
  readonly entity?: string | null
}

export interface TaskCard extends Task {
  readonly steps: Step[]
  readonly alert?: { readonly uid: string; readonly sentence: Text; readonly evidence: Evidence[] } | null
}

export interface SubmittedTask {
  readonly task: Task
  readonly record_uid?: string | null
  readonly record_entity?: string | null
  readonly response_hours?: string | null
}

export type Verdict = 'right' | 'false'

export interface Alert {
  readonly uid: string
  readonly rule: NamedRule
  readonly subject?: RecordRef | null
  readonly state: string
  readonly episode: number
  readonly opened_at: string
  readonly closed_at?: string | null
  readonly period_label?: string | null
  readonly count?: number | null
  readonly corrected?: boolean
  readonly feedback?: Verdict | null
  readonly measurement_uid?: string | null
  readonly evidence?: Evidence[]
}

export interface Notice {
  readonly uid: string
  readonly subject: Text
  readonly body: Text
  readonly at: string
  readonly read_at?: string | null
  /** Where in this client to go. */
  readonly link?: string | null
}
