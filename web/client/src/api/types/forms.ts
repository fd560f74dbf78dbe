// Forms: fields, layout, rules, and values as they travel.
import type { Labels, Option, Text } from './common'

/** What data about a person is kept for, and how long. */
export interface Privacy {
  readonly class: 'personal' | 'sensitive'
  readonly purpose: Labels
  readonly retain_days?: number | null
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
  /** Where a reference to any of several entities may point. */
  readonly entities?: { readonly name: string; readonly label: Text }[]
  readonly min?: string | null
  readonly max?: string | null
  /** The fields of a row, when this is a child table. */
  readonly columns?: FieldDescriptor[]
  readonly computed?: boolean
  readonly hidden?: boolean
  /** The reader sees a mask in place of its value. */
  readonly masked?: boolean
  /** False: the reader may not change it, though others may. */
  readonly writable?: boolean
  readonly privacy?: Privacy | null
  /** How a list may compare it. */
  readonly comparisons?: Comparison[]
  /** What groups of a list may say of it. */
  readonly aggregates?: string[]
  /** What its picker asks, where the form filters what may be chosen. */
  readonly asks?: Asks
}

export interface Comparison {
  readonly key: string
  readonly takes: 'none' | 'one' | 'two' | 'many'
  readonly label: Text
}

/** The form (or card, or record) of a picker, and how it stands as far as a filter reads it. */
export interface Asks {
  readonly form: string
  readonly field: string
  readonly values: Readonly<Record<string, Wire>>
  readonly table?: string
  readonly row?: Readonly<Record<string, Wire>>
  readonly task?: string
  readonly record?: string
}

export interface FormFilter {
  readonly at: string
  readonly reads: string[] // form.<field> and row.<field> among them
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
  readonly then?: Readonly<Record<string, unknown>>[]
  readonly check_ir?: unknown
  readonly message?: Text
  readonly at?: string
}

/** What a form, or a row of one of its child tables, does by itself. */
export interface RowRules {
  readonly rules?: FormRule[]
  readonly defaults?: Readonly<Record<string, unknown>>
  readonly calc?: Readonly<Record<string, unknown>>
  readonly filters?: FormFilter[]
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
  readonly filters?: FormFilter[]
  /** By child table: what holds for each of its rows. */
  readonly rows?: Readonly<Record<string, RowRules>>
}

/** A value as it travels: numbers and dates are strings, a child table is a list of rows, a list one of ids. */
export type Wire = string | boolean | null | WireRow[] | TreeNode[] | string[]

export interface WireRow {
  readonly [key: string]: Wire
}

export interface TreeNode {
  readonly id: string
  readonly text: string
  readonly children: TreeNode[]
}

/** A form somebody began and did not send. */
export interface DraftSummary {
  readonly key: string
  readonly form: string
  readonly entity: string
  readonly label: Text
  readonly task: string | null
  readonly record: string | null
  readonly record_version: number | null
  readonly version: number
  readonly at: string
}

export interface LookupItem {
  readonly uid: string
  readonly display: string
}
