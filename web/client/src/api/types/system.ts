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
  readonly since?: string | null
  readonly checked_at?: string | null
  readonly delay_s?: number | null
  readonly limit_s?: number | null
  readonly code?: string | null
  readonly message?: Text | null
  readonly rows?: number | null
  readonly rejects?: number
}

export interface TestStep {
  readonly name: string
  readonly state: string // ok, warn, fail
  readonly message?: string | null
}

export interface SourceTest {
  readonly ok: boolean
  readonly step?: string | null
  readonly code?: string | null
  readonly message?: Text | null
  readonly steps?: TestStep[]
}

/** One thing a source asks for; of a secret the server says only that it is set. */
export interface SourceSetting {
  readonly name: string
  readonly secret: boolean
  readonly set: boolean
  readonly value: string | null
  readonly bound_to: string | null
  /** False when a secret was entered for another address than the one set now. */
  readonly fits: boolean
}

export interface Endpoint {
  readonly host: string
  readonly port: number
}

export interface SourceSettings {
  readonly settings: SourceSetting[]
  readonly endpoints: (Endpoint & { readonly allowed: boolean })[]
}

export interface Settled {
  readonly allowed: Endpoint[]
  readonly asks: Endpoint[]
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
