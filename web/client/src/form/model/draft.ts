// Drafts on this device: what was typed and the key it will be sent with, so a reload loses nothing.
import type { Inputs } from './values'

export interface Draft {
  readonly inputs: Inputs
  readonly key: string
  readonly at: number
}

const PREFIX = 'plumbline.draft.'
const KEEP_MS = 14 * 86_400_000

export function readDraft(name: string): Draft | null {
  try {
    const text = localStorage.getItem(PREFIX + name)
    return text ? (JSON.parse(text) as Draft) : null
  } catch {
    return null
  }
}

export function writeDraft(name: string, draft: Draft): boolean {
  try {
    localStorage.setItem(PREFIX + name, JSON.stringify(draft))
    return true
  } catch {
    return false // storage full or forbidden: the form still works
  }
}

export function dropDraft(name: string): void {
  try {
    localStorage.removeItem(PREFIX + name)
  } catch {
    // nothing was kept either
  }
}

/** Removes drafts nobody came back to. */
export function dropOldDrafts(now: number): void {
  try {
    for (const name of Object.keys(localStorage)) {
      if (!name.startsWith(PREFIX)) continue
      const draft = readDraft(name.slice(PREFIX.length))
      if (!draft || now - draft.at > KEEP_MS) localStorage.removeItem(name)
    }
  } catch {
    // no storage, no old drafts
  }
}
