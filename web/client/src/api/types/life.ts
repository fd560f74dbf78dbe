// The life of records: rights, views, remarks, trash, long work, files in and out, public links.
import type { Text } from './common'
import type { Wire } from './forms'
import type { RecordItem } from './records'

export interface AccessGrant {
  readonly role: string
  readonly label: Text
  readonly rows: string
  readonly reaches: boolean
  /** Names on the way from the person down to the record. */
  readonly path: string[]
  readonly formula?: string | null
}

export interface FieldAccess {
  readonly key: string
  readonly label: Text
  readonly sees: 'shown' | 'masked' | 'hidden'
  readonly writes: boolean
  readonly barred_by: { readonly role: string; readonly label: Text; readonly rows: string }[]
}

export interface Access {
  readonly entity: string
  readonly uid: string
  readonly login: string
  readonly admin: boolean
  readonly actions: Readonly<Record<string, { readonly allowed: boolean; readonly grants: AccessGrant[] }>>
  readonly fields: FieldAccess[]
}

export interface Remark {
  readonly uid: string
  readonly author: string
  readonly author_name: string
  readonly body: string
  readonly mentions: { readonly uid: string; readonly display: string }[]
  readonly at: string
  readonly edited_at: string | null
  readonly mine: boolean
}

/** One test of a structured filter. */
export interface Test {
  readonly field: string
  readonly op: string
  readonly value?: string | boolean | string[]
}

/** What a list is asked for; also what a saved view keeps. */
export interface ListDocument {
  readonly filter?: string
  readonly match?: Test[]
  readonly q?: string
  readonly sort?: string
  readonly columns?: string[]
  readonly group?: string[] // field, or date:month
  readonly measures?: string[] // sum:field
}

export interface GroupKey {
  readonly value: string | boolean | null
  readonly display: string
}

/** The records that have the same keys: how many, and what was asked of them. */
export interface RecordGroup {
  readonly keys: GroupKey[]
  readonly count: number
  readonly values: (string | number | null)[]
}

export interface SavedView {
  readonly uid: string
  readonly name: string
  readonly entity: string
  readonly document: ListDocument
  readonly roles: string[]
  readonly mine: boolean
  readonly version: number
  readonly at: string
}

export interface TrashedRecord extends RecordItem {
  readonly deleted_at: string
  readonly deleted_by: string
}

/** The records of a list, or some of them. */
export interface Chosen {
  readonly filter?: string
  readonly match?: Test[]
  readonly q?: string
  readonly uids?: string[]
}

export interface BulkChange extends Chosen {
  readonly values: Record<string, Wire>
}

export interface BulkPreview {
  readonly count: number
  readonly would_change: number
  readonly unchanged: number
  readonly refused: number
  /** On how many of those that may be changed the rules of forms were tried. */
  readonly judged: number
  readonly is_partial: boolean
  readonly rows: { readonly uid: string; readonly display: string; readonly reason: string }[]
}

export interface LongWork {
  readonly uid: string
  readonly kind: string // edit, undo, import, export, person_export, erase
  readonly entity: string
  readonly state: 'running' | 'stopping' | 'done' | 'cancelled'
  readonly total: number
  readonly done: number
  readonly written: number
  readonly unchanged: number
  readonly refused: number
  readonly at: string
  readonly ended_at: string | null
  readonly rows: { readonly row: number; readonly problems: { readonly code: string; readonly field: string | null; readonly message: string }[] }[]
}

export interface ImportPreview {
  readonly sheets: string[]
  readonly rows: number
  readonly columns: { readonly title: string; readonly field: string | null; readonly samples: string[] }[]
  readonly fields: { readonly key: string; readonly label: Text; readonly type: string; readonly required: boolean }[]
  readonly keys: string[][]
}

export interface NewImport {
  readonly file: string
  readonly sheet?: string
  readonly mapping: Record<string, string>
  readonly key?: string[]
  readonly form?: string
  readonly dry_run?: boolean
}

export interface NewExport extends Omit<Chosen, 'uids'> {
  readonly sort?: string
  readonly columns?: string[]
  readonly format?: 'xlsx' | 'csv'
}

export interface PublicLink {
  readonly uid: string
  readonly form: string
  readonly label: string
  readonly fixed: Readonly<Record<string, Wire>>
  readonly created_by: string
  readonly expires_at: string
  readonly revoked_at: string | null
  readonly per_minute: number | null
  readonly most: number | null
  readonly sent: number
}

export interface MadeLink extends PublicLink {
  readonly url: string
  readonly qr_svg: string
}
