// What many answers share: texts, pages, problems, the session.

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
  /** An administrator who has to set up one-time codes before anything else. */
  readonly must_enrol?: boolean
  /** The administrator who looks as this account. */
  readonly viewed_by?: string | null
  /** Business time now, when the server's clock runs faster than the wall's. */
  readonly now?: string
  readonly clock_factor?: number
}

export interface Summary {
  readonly tasks_open: number
  readonly tasks_overdue: number
  readonly alerts_firing: number
  /** Open cards and firing alerts, a card and its own alert counted once. */
  readonly to_do: number
  readonly notices_unread: number
  /** False while the server has no room to save anything. */
  readonly writable?: boolean
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

export interface Option {
  readonly id: string
  readonly label: Text
}
