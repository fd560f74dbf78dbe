// Keeps a form while it is typed into: at once on this device, a moment later on the server.
import { useCallback, useEffect, useRef, useState } from 'react'
import { newKey } from '../api/keys'
import { ApiProblem } from '../api/problem'
import type { DraftSummary } from '../api/types'
import { dropDraft, readDraft, writeDraft, type Draft, type Place } from './model/draft'
import type { Inputs } from './model/values'

// the server's half comes when the form is already there to be typed into
const server = () => import('./model/kept')
const forget = (key: string) => void server().then((all) => all.forget(key)).catch(() => {}) // gone already

const LOCAL_MS = 300
const SERVER_MS = 1_500
const REST_MS = 1_000

/** Where the last change is: on this device only, on the server, or refused by it with these words. */
export interface Saved {
  readonly where: 'device' | 'server' | 'refused'
  readonly at: number
  readonly words?: string
}

export interface Drafting {
  readonly saved: Saved | null
  readonly offers: readonly DraftSummary[] // begun elsewhere
  readonly take: (key: string) => Promise<Draft>
  readonly refuse: (key: string) => void
  readonly key: () => string
  readonly recordVersion: () => number | undefined
  /** Before it is sent: nothing more is saved, and what is on its way has a moment to arrive. */
  readonly rest: () => Promise<unknown>
  /** It was sent, or is begun anew: nothing of it is kept. */
  readonly end: (how: 'sent' | 'dropped') => void
}

/** The draft this device has, read once. */
export function useKept(place: Place | undefined): Draft | null {
  const [kept] = useState(() => (place ? readDraft(place) : null))
  return kept
}

export function useDraft(place: Place | undefined, kept: Draft | null, inputs: Inputs, dirty: boolean): Drafting {
  const draft = useRef({ key: kept?.key ?? newKey(), version: kept?.version ?? 0, recordVersion: kept?.recordVersion ?? place?.recordVersion })
  const [saved, setSaved] = useState<Saved | null>(null)
  const [offers, setOffers] = useState<readonly DraftSummary[]>([])
  const line = useRef<Promise<void>>(Promise.resolve())
  const unsaved = useRef<Inputs | null>(null)
  const where = useRef(place)
  where.current = place

  const drop = (key: string) => setOffers((before) => before.filter((one) => one.key !== key))
  const current = (typed: Inputs): Draft => {
    const { recordVersion, ...rest } = draft.current
    return { ...rest, ...(recordVersion ? { recordVersion } : {}), inputs: typed, at: Date.now() }
  }

  /** One after the other, so that each builds on the version before it. */
  const save = useCallback(() => {
    line.current = line.current.then(async () => {
      const [typed, to] = [unsaved.current, where.current]
      if (!typed || !to) return
      unsaved.current = null
      const one = current(typed)
      try {
        const { keep } = await server()
        const version = await keep(to, one)
        if (draft.current.key !== one.key) return
        draft.current = { ...draft.current, version }
        if (unsaved.current === null) {
          writeDraft(to, { ...one, version })
          setSaved({ where: 'server', at: one.at })
        }
      } catch (error) {
        if (!(error instanceof ApiProblem)) throw error
        if (!error.isOffline) setSaved({ where: 'refused', at: one.at, words: error.detail ?? error.title })
      }
    })
  }, [])

  useEffect(() => {
    if (!where.current || !dirty) return
    const to = where.current
    const near = setTimeout(() => {
      const one = current(inputs)
      if (writeDraft(to, one)) setSaved({ where: 'device', at: one.at })
    }, LOCAL_MS)
    if (to.owner !== null) unsaved.current = inputs
    const far = setTimeout(save, SERVER_MS)
    return () => {
      clearTimeout(near)
      clearTimeout(far)
    }
  }, [inputs, dirty, save])

  // who leaves the form at once has not lost the last words
  useEffect(() => () => save(), [save])

  useEffect(() => {
    const asked = where.current
    if (!asked || asked.owner === null) return
    let gone = false
    const show = (found: readonly DraftSummary[]) => {
      const { key, version } = draft.current
      if (!gone) setOffers(found.filter((one) => one.key !== key || one.version > version).slice(0, 3))
    }
    // without the list the form is filled in all the same
    server().then((all) => all.begun(asked)).then(show, () => {})
    return () => {
      gone = true
    }
  }, [])

  return {
    saved,
    offers,
    take: async (key) => {
      save()
      await line.current
      const found = await (await server()).fetchDraft(key)
      draft.current = { key, version: found.version, recordVersion: found.recordVersion }
      if (where.current) writeDraft(where.current, found)
      drop(key)
      return found
    },
    refuse: (key) => {
      drop(key)
      forget(key)
    },
    key: () => draft.current.key,
    recordVersion: () => draft.current.recordVersion,
    rest: () => {
      unsaved.current = null
      return Promise.race([line.current, new Promise((done) => setTimeout(done, REST_MS))])
    },
    end: (how) => {
      const [to, { key, version }] = [where.current, draft.current]
      unsaved.current = null
      setSaved(null)
      if (!to) return
      dropDraft(to)
      // a form that is sent ends its draft by itself; a changed record and a dropped draft do not
      if (to.owner !== null && version > 0 && (how === 'dropped' || to.record)) forget(key)
      draft.current = { key: newKey(), version: 0, recordVersion: to.recordVersion }
    },
  }
}
