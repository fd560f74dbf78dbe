// Changes of what is defined: drafts, plans, publications, fields on their way to another type.
import type { Diagnostic } from './common'

export interface Draft {
  readonly kind: string
  readonly name: string
  readonly document: Readonly<Record<string, unknown>> | null
  readonly base_revision: number
  readonly editor: string
  readonly version: number
}

export interface PlanStep {
  readonly do: string
  readonly entity?: unknown
  readonly field?: unknown
  readonly before?: unknown
  readonly after?: unknown
  readonly [key: string]: unknown
}

export interface Plan {
  readonly added: string[]
  readonly changed: string[]
  readonly removed: string[]
  readonly steps: PlanStep[]
}

export interface FailedRow {
  readonly uid: string
  readonly value: string
  readonly reason: string
}

export interface Use {
  readonly kind: string
  readonly name: string
  readonly pointer: string
}

export interface Impact {
  readonly plan: Plan
  readonly warnings: Diagnostic[]
  readonly conversions: { readonly field: string; readonly values: number; readonly failed: number; readonly to_fill: number; readonly rows: FailedRow[] }[]
  readonly doubles: Diagnostic[]
  readonly touched: Use[]
  /** What each role may do with the fields that entities get. */
  readonly new_fields: { readonly role: string; readonly entity: string; readonly field: string; readonly right: 'write' | 'read' | 'masked' | 'hidden' }[]
  readonly widened: { readonly role: string; readonly entity: string; readonly what: string }[]
  readonly consent: string[]
  /** What would run on the tables, in the words of the database. */
  readonly statements: string[]
}

export interface Published {
  readonly revision: number
  readonly plan: Plan
  /** The publication that goes on in the background. */
  readonly waiting?: string | null
}

export interface Publication {
  readonly uid: string
  readonly state: string
  readonly author: string
  readonly note: string
  readonly at: string
  readonly revision: number | null
  readonly problems: Diagnostic[]
}

export interface FieldChange {
  readonly uid: string
  readonly publication: string | null
  readonly entity: string
  readonly field: string
  readonly before: string
  readonly after: string
  readonly phase: string
  readonly converted: number
  readonly progress: { readonly done: number; readonly total: number } | null
  readonly failed: number
  readonly failed_versions: number
  readonly can_undo: boolean
}

export interface Revision {
  readonly revision: number
  readonly author: string
  readonly note: string
  readonly at: string
}

export interface SheetWanted {
  readonly file: string
  readonly sheet?: string
  readonly pack: string
  readonly key: string
  readonly label: string
  readonly types?: Record<string, string>
}

export interface SheetColumn {
  readonly title: string
  readonly key: string
  readonly type: string
  readonly samples: string[]
}

export interface SheetPreview {
  readonly columns: SheetColumn[]
  readonly documents: Readonly<Record<string, unknown>>[]
  readonly problems: { readonly code: string; readonly message: string }[]
}

export interface XlsFormWanted {
  readonly file: string
  readonly pack: string
  /** The key of the entity, where that of the form is not it. */
  readonly key?: string
}

/** Something of a form that the other side has no words for. */
export interface LeftOut {
  readonly code: string
  readonly place: string
  readonly message: string
}

export interface XlsFormPreview {
  readonly documents: Readonly<Record<string, unknown>>[]
  readonly left_out: LeftOut[]
}

/** A field as it was last defined. */
export interface FormerField {
  readonly key: string
  readonly type: string
  readonly label?: Readonly<Record<string, string>>
  readonly [part: string]: unknown
}
