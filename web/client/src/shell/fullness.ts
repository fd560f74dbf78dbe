// Whether the server's disk is full, as what it answers says; steady, though a nearly full one takes small writes.
import { useQuery } from '@tanstack/react-query'
import { useEffect, useSyncExternalStore } from 'react'
import { api } from '../api/client'
import { summaryQuery } from '../api/queries'

export interface Fullness {
  readonly isFull: boolean
  readonly refusedAt: number
}

const NO_ROOM = 507
/** So long nothing may be refused before it counts as over: more than one look at the counters. */
export const CALM_MS = 6_000
export const ROOM: Fullness = { isFull: false, refusedAt: 0 }

/** One more answer: a refusal counts at once, that there is room only after a while. */
export function heard(before: Fullness, isWritable: boolean, at: number): Fullness {
  if (!isWritable) return { isFull: true, refusedAt: at }
  return before.isFull && at - before.refusedAt < CALM_MS ? before : ROOM
}

let known = ROOM
const listeners = new Set<() => void>()

function tell(isWritable: boolean): void {
  known = heard(known, isWritable, Date.now())
  listeners.forEach((listener) => listener())
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

// a write that was refused is told at once; one that went well proves little, it may have been small
api.use({
  onResponse({ response }) {
    if (response.status === NO_ROOM) tell(false)
  },
})

export function useIsFull(): boolean {
  const { data, dataUpdatedAt } = useQuery(summaryQuery)
  const isWritable = data?.writable
  useEffect(() => {
    if (isWritable !== undefined) tell(isWritable)
  }, [isWritable, dataUpdatedAt])
  return useSyncExternalStore(subscribe, () => known.isFull)
}
