// Entities and their records.
import type { Option, Text } from './common'
import type { FieldDescriptor, Wire } from './forms'

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
  readonly system?: boolean
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

/** Which row of a child table became which, by number. */
export interface RowChange {
  readonly before: number | null
  readonly after: number | null
}

export interface RecordVersion {
  readonly version: number
  readonly at: string
  readonly by?: string | null
  readonly deleted?: boolean
  readonly values: Readonly<Record<string, Wire>>
  /** Names of what its references point to, as they are now. */
  readonly display_values?: Readonly<Record<string, string | null>>
  readonly origin?: Origin | null
  /** What differs from the version before; of a child table, in which rows. */
  readonly changes: { readonly field: string; readonly rows?: RowChange[] }[]
  /** Fields that are empty here because their value did not convert, with the reason. */
  readonly left_behind?: Readonly<Record<string, string>>
}
