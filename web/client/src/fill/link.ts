// What a link asks for: a task card, a form, and values to start with (from a QR code at the machine).

export type Asked =
  | { readonly kind: 'task'; readonly uid: string }
  | { readonly kind: 'public'; readonly token: string; readonly given: Readonly<Record<string, string>> }
  | { readonly kind: 'form'; readonly name: string; readonly given: Readonly<Record<string, string>> }
  | null

/** Reads /fill/p/<token>, /fill/t/<uid>, /fill/f/<form>, ?task=<uid> or ?form=<name>&<field>=<value>. */
export function askedBy(path: string, search: string): Asked {
  const query = new URLSearchParams(search)
  const [, kind, rest] = /^\/fill\/(t|f|p)\/([^/]+)\/?$/.exec(path) ?? []
  const task = query.get('task') ?? (kind === 't' ? decodeURIComponent(rest ?? '') : null)
  if (task) return { kind: 'task', uid: task }
  const given = Object.fromEntries([...query].filter(([key]) => key !== 'form' && key !== 'task'))
  if (kind === 'p') return { kind: 'public', token: decodeURIComponent(rest ?? ''), given }
  const form = query.get('form') ?? (kind === 'f' ? decodeURIComponent(rest ?? '') : null)
  if (!form) return null
  return { kind: 'form', name: form, given }
}
