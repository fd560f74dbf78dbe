// Who I am and how I prove it: ways to sign in, one-time codes, sessions, keys; other accounts.
import type { Text } from './common'

export interface SignInWay {
  readonly key: string
  readonly label?: string
  /** Where to go; a way without an address is a form of ours. */
  readonly address?: string
}

export interface SecondFactor {
  readonly active: boolean
  readonly recovery_left: number
}

export interface SecondFactorBegun {
  readonly secret: string
  readonly uri: string
  readonly svg: string
}

export interface OwnSession {
  readonly uid: string
  readonly agent: string
  readonly opened_at: string
  readonly seen_at: string
  readonly current: boolean
}

export interface ApiKey {
  readonly uid: string
  readonly label: string
  readonly scopes: string[]
  readonly expires_at: string
  readonly used_at: string | null
}

export interface KeyPage {
  readonly items: ApiKey[]
  readonly next?: string | null
  readonly scopes: string[]
}

/** Somebody looked at a record about me. */
export interface Viewing {
  readonly by: string
  readonly entity: string
  readonly label: Text
  readonly at: string
}

export interface ListedAccount {
  readonly uid: string
  readonly login: string
  readonly roles: string[]
  readonly language: string
  readonly active: boolean
  readonly person?: string | null
}
