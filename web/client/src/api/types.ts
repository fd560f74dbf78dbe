// What the HTTP API says, by hand, until docs/openapi.json is the source (npm run types).

/** Text in both languages, or already in the reader's. */
export type Labels = Readonly<Record<string, string>>
export type Text = string | Labels

export interface Diagnostic {
  readonly code: string
  readonly message: string
  readonly field?: string | null
  readonly pointer?: string | null
}

export interface Problem {
  readonly type?: string
  readonly title: string
  readonly status: number
  readonly code?: string
  readonly detail?: string
  readonly diagnostics?: Diagnostic[]
}

export interface Page<T> {
  readonly items: T[]
  readonly next?: string | null
}

export interface Account {
  readonly login: string
  readonly name: string
  readonly language?: string | null
  readonly admin: boolean
  readonly person_uid?: string | null
}

export interface Session {
  readonly account: Account
  readonly csrf: string
}

export interface Summary {
  readonly tasks_open: number
  readonly tasks_overdue: number
  readonly alerts_firing: number
  readonly notices_unread: number
  /** Business time now, when the server's clock runs faster than the wall's. */
  readonly now?: string
  readonly clock_factor?: number
}

export interface RecordRef {
  readonly entity: string
  readonly uid: string
  readonly display: string
}

export interface NamedRule {
  readonly name: string
  readonly label: Text
  readonly sentence?: Text | null
}

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

export interface Column {
  readonly key: string
  readonly label: Text
  readonly type: string
  readonly decimals?: number | null
  readonly unit?: string | null
  readonly options?: Option[]
}

export interface Row {
  readonly uid: string
  readonly values: Readonly<Record<string, Wire>>
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
  | { readonly type: 'form'; readonly label: Text; readonly form: FormDescriptor; readonly done?: boolean }
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

export interface Option {
  readonly id: string
  readonly label: Text
}

export interface FieldDescriptor {
  readonly key: string
  readonly type: string
  readonly label: Text
  readonly help?: Text | null
  readonly required?: boolean
  readonly options?: Option[]
  readonly decimals?: number | null
  readonly unit?: string | null
  readonly entity?: string | null
  readonly min?: string | null
  readonly max?: string | null
  /** The fields of a row, when this is a child table. */
  readonly columns?: FieldDescriptor[]
  readonly computed?: boolean
  readonly hidden?: boolean
}

export type LayoutNode =
  | { readonly id: string; readonly field: string }
  | {
      readonly id: string
      readonly box: 'section' | 'columns' | 'tabs' | 'tab'
      readonly label?: Text | null
      readonly children: LayoutNode[]
    }

export interface FormRule {
  readonly id: string
  readonly when_ir?: unknown
  readonly then?: Readonly<Record<string, string>>[]
  readonly check_ir?: unknown
  readonly message?: Text
  readonly at?: string
}

export interface FormDescriptor {
  readonly name: string
  readonly label: Text
  readonly entity: string
  readonly feeds?: Text | null
  readonly layout?: LayoutNode[]
  readonly fields: FieldDescriptor[]
  readonly rules?: FormRule[]
  /** What a field starts with, and what is computed while typing: formulas by field. */
  readonly defaults?: Readonly<Record<string, unknown>>
  readonly calc?: Readonly<Record<string, unknown>>
  readonly values?: Readonly<Record<string, Wire>>
}

/** A value as it travels: numbers and dates are strings, a child table is a list of rows. */
export type Wire = string | boolean | null | WireRow[] | TreeNode[]
export interface WireRow {
  readonly [key: string]: Wire
}

export interface TreeNode {
  readonly id: string
  readonly text: string
  readonly children: TreeNode[]
}

export interface EntitySummary {
  readonly name: string
  readonly label: Text
  readonly count?: number | null
  readonly can: Readonly<Record<string, boolean>>
  readonly system?: boolean
  readonly log?: boolean
}

export interface EntityDescriptor {
  readonly name: string
  readonly label: Text
  readonly display: string
  readonly fields: FieldDescriptor[]
  readonly forms?: string[]
  readonly can?: Readonly<Record<string, boolean>>
  readonly log?: boolean
}

export interface Origin {
  readonly kind: string
  readonly source?: string | null
  readonly run?: string | number | null
}

export interface RecordItem extends Row {
  readonly version: number
  readonly display: string
  readonly origin?: Origin | null
  readonly updated_at?: string | null
  readonly updated_by?: string | null
}

export interface RecordVersion {
  readonly version: number
  readonly at: string
  readonly by?: string | null
  readonly deleted?: boolean
  readonly values: Readonly<Record<string, Wire>>
  readonly origin?: Origin | null
}

export interface LookupItem {
  readonly uid: string
  readonly display: string
}

export interface MetricSummary {
  readonly name: string
  readonly label: Text
  readonly unit?: string | null
  readonly decimals: number
  readonly direction: 'up' | 'down'
  readonly grain: string
  /** Name of the entity that is measured. */
  readonly subject: string
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

export interface Pack {
  readonly name: string
  readonly label: Text
  readonly description?: Text | null
  readonly version: string
  readonly installed_version?: string | null
  readonly parameters?: { readonly name: string; readonly label: Text }[]
}

export interface Installed {
  readonly revision: number
  /** Addresses that a system administrator must still allow. */
  readonly asks?: { readonly source: string; readonly host: string; readonly port: number }[]
}

export interface Source {
  readonly name: string
  readonly label: Text
  readonly connector: string
  readonly state: string
  readonly checked_at?: string | null
  readonly delay_s?: number | null
  readonly limit_s?: number | null
  readonly code?: string | null
  readonly message?: Text | null
  readonly rows?: number | null
  readonly rejects?: number
}

export interface SourceTest {
  readonly ok: boolean
  readonly step?: string | null
  readonly code?: string | null
  readonly message?: Text | null
  readonly steps?: { readonly name: string; readonly state: string; readonly message?: string | null }[]
}

export interface Reject {
  readonly uid?: string
  readonly at: string
  readonly stream?: string | null
  readonly code: string
  readonly message?: Text | null
  readonly row?: unknown
}

export interface Incident {
  readonly uid: string
  readonly at: string
  readonly kind?: string | null
  readonly code?: string | null
  readonly title?: Text | null
  readonly message?: Text | null
  readonly state: string
  readonly owner?: string | null
  readonly count?: number
  readonly can_retry?: boolean
}
