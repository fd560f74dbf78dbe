// What was typed into a source's settings, as it is sent.
import type { SourceSetting } from '../../api/types'

export type Typed = Readonly<Record<string, string>>

const ORDER = ['base_url', 'opcua_url', 'host', 'port', 'security', 'sender', 'user', 'password', 'token']
const rank = (name: string) => (ORDER.includes(name) ? ORDER.indexOf(name) : ORDER.length)

/** In the order one fills them in: where, who, the secret last. */
export function ordered(settings: readonly SourceSetting[]): SourceSetting[] {
  return [...settings].sort((a, b) => rank(a.name) - rank(b.name))
}

/** What the fields begin with: plain values as they are, secrets always blank. */
export function typedFrom(settings: readonly SourceSetting[]): Typed {
  return Object.fromEntries(settings.map((one) => [one.name, one.secret ? '' : (one.value ?? '')]))
}

/** Plain settings go together: an address is allowed because a person saw and sent all of it. Blank secrets stay. */
export function valuesToSend(settings: readonly SourceSetting[], typed: Typed): Record<string, string> {
  const sent = settings.filter((one) => (one.secret ? typed[one.name] !== '' : (typed[one.name] ?? '').trim() !== ''))
  return Object.fromEntries(sent.map((one) => [one.name, one.secret ? (typed[one.name] ?? '') : (typed[one.name] ?? '').trim()]))
}

export function isChanged(settings: readonly SourceSetting[], typed: Typed): boolean {
  return settings.some((one) => (typed[one.name] ?? '') !== (one.secret ? '' : (one.value ?? '')))
}

/** The settings that must be filled in before the source can connect, and are not. */
export function missing(settings: readonly SourceSetting[], typed: Typed): readonly SourceSetting[] {
  return settings.filter((one) => (typed[one.name] ?? '').trim() === '' && !(one.secret && one.set))
}
