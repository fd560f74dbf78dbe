// Names in a remark: who is meant, and where to mark them.
import type { LookupItem } from '../../api/types'

export interface Part {
  readonly text: string
  readonly isName: boolean
}

/** Who was chosen and still stands in the text, each once. */
export function mentionedIn(body: string, people: readonly LookupItem[]): LookupItem[] {
  const there = people.filter((one) => body.includes(`@${one.display}`))
  return there.filter((one, at) => there.findIndex((other) => other.uid === one.uid) === at)
}

/** The text cut at the names of those who were told; the longest name wins. */
export function partsOf(body: string, mentions: readonly LookupItem[]): Part[] {
  const names = [...mentions].map((one) => `@${one.display}`).sort((a, b) => b.length - a.length)
  const parts: Part[] = []
  let rest = body
  while (rest) {
    const starts = names.map((name) => ({ name, at: rest.indexOf(name) })).filter((one) => one.at >= 0)
    const first = starts.sort((a, b) => a.at - b.at)[0]
    if (!first) return [...parts, { text: rest, isName: false }]
    if (first.at > 0) parts.push({ text: rest.slice(0, first.at), isName: false })
    parts.push({ text: first.name, isName: true })
    rest = rest.slice(first.at + first.name.length)
  }
  return parts
}
