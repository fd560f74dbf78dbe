// Drafts on this device: what was typed and the key it will be sent with, so a reload loses nothing.
import type { Inputs } from './values'

/** What is being filled in, and by whom: a draft belongs to both. */
export interface Place {
  readonly owner: string | null // login; null: whoever holds a public link, whose draft stays on this device
  readonly form: string
  readonly task?: string
  readonly record?: string
  readonly recordVersion?: number
  readonly opening?: string // what a link gave: the code at another machine is another form on this device
}

export interface Draft {
  readonly inputs: Inputs
  readonly key: string
  readonly at: number
  readonly version: number // of the server's copy; 0: it has none yet
  readonly recordVersion?: number
}

const PREFIX = 'plumbline.draft.'
const KEEP_MS = 14 * 86_400_000

const nameOf = (place: Place) => `${PREFIX}${[place.owner ?? '', place.form, place.task ?? place.record ?? place.opening ?? ''].join('|')}`

function read(name: string): Draft | null {
  try {
    const text = localStorage.getItem(name)
    return text ? (JSON.parse(text) as Draft) : null
  } catch {
    return null
  }
}

export const readDraft = (place: Place): Draft | null => read(nameOf(place))

export function writeDraft(place: Place, draft: Draft): boolean {
  try {
    localStorage.setItem(nameOf(place), JSON.stringify(draft))
    return true
  } catch {
    return false // storage full or forbidden: the form still works
  }
}

export function dropDraft(place: Place): void {
  try {
    localStorage.removeItem(nameOf(place))
  } catch {
    // nothing was kept either
  }
}

/** Removes drafts nobody came back to. */
export function dropOldDrafts(now: number): void {
  try {
    for (const name of Object.keys(localStorage)) {
      if (!name.startsWith(PREFIX)) continue
      const draft = read(name)
      if (!draft || now - draft.at > KEEP_MS) localStorage.removeItem(name)
    }
  } catch {
    // no storage, no old drafts
  }
}
