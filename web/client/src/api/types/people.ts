// People who leave, and what is recorded about one person.
import type { Text } from './common'

export interface Named {
  readonly uid: string
  readonly display: string
}

export interface NewDeparture {
  readonly on: string
  readonly successor?: string
  /** Whether the records the person owns go to the successor too. */
  readonly reassign?: boolean
}

/** Records that name the person in one field. */
export interface Owned {
  readonly entity: string
  readonly label: Text
  readonly field: string
  readonly field_label: Text
  readonly count: number
  /** They go to the successor; others stay as they are. */
  readonly goes: boolean
}

export interface Departure {
  readonly person: Named
  readonly on: string
  readonly state: 'planned' | 'done'
  readonly successor: Named | null
  readonly logins: string[]
  readonly tasks: { readonly uid: string; readonly title: Text; readonly due_at: string | null }[]
  readonly owned: Owned[]
  readonly handed: number | null
  readonly moved: number
}

export interface ErasurePreview {
  readonly person: string
  readonly display: string
  readonly items: { readonly entity: string; readonly label: Text; readonly records: number; readonly fields: string[] }[]
  readonly accounts: number
  readonly comments: number
  /** Names what was shown; consent is given for that and nothing else. */
  readonly consent: string
}
