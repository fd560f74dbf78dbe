// A fetch that polls cheaply: it sends the last ETag and turns a 304 back into the stored answer.

const LIMIT = 200
const kept = new Map<string, { etag: string; body: string; type: string }>()

/** Forgets every stored answer; called when the person or the language changes. */
export function forgetAnswers(): void {
  kept.clear()
}

export async function fetchWithEtag(request: Request): Promise<Response> {
  if (request.method !== 'GET') return fetch(request)
  const known = kept.get(request.url)
  const asked = new Request(request, { cache: 'no-store' })
  if (known) asked.headers.set('If-None-Match', known.etag)
  const answer = await fetch(asked)
  if (answer.status === 304 && known) {
    return new Response(known.body, { status: 200, headers: { 'Content-Type': known.type, ETag: known.etag } })
  }
  const etag = answer.headers.get('ETag')
  if (answer.ok && etag) {
    const body = await answer.clone().text()
    kept.delete(request.url)
    kept.set(request.url, { etag, body, type: answer.headers.get('Content-Type') ?? 'application/json' })
    const oldest = kept.keys().next().value
    if (kept.size > LIMIT && oldest !== undefined) kept.delete(oldest)
  }
  return answer
}
