// Packs, sources and incidents.
import type { Text } from './common'

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
