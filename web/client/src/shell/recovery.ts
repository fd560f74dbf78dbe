// Recovery codes that were just made: kept in memory until their owner says so, because setting up
// one-time codes ends every session, this one too.
import { useSyncExternalStore } from 'react'

let codes: readonly string[] | null = null
const listeners = new Set<() => void>()

export function keepRecoveryCodes(fresh: readonly string[] | null): void {
  codes = fresh
  for (const listener of listeners) listener()
}

export function useRecoveryCodes(): readonly string[] | null {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => codes,
  )
}
