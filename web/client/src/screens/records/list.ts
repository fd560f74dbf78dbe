// What a list is asked for, as it stands in the address: a link to a list shows the same list.
import type { ListDocument, Test } from '../../api/types'

const isTest = (one: unknown): one is Test =>
  typeof one === 'object' && one !== null && typeof (one as Test).field === 'string' && typeof (one as Test).op === 'string'

function testsOf(text: string | null): Test[] {
  try {
    const found = JSON.parse(text ?? '[]') as unknown
    return Array.isArray(found) ? found.filter(isTest) : []
  } catch {
    return [] // somebody changed the address by hand
  }
}

export function readDocument(params: URLSearchParams): ListDocument {
  const match = testsOf(params.get('match'))
  const text = (key: 'q' | 'filter' | 'sort') => (params.get(key) ? { [key]: params.get(key) ?? '' } : {})
  return { ...text('q'), ...text('filter'), ...text('sort'), ...(match.length ? { match } : {}) }
}

export function writeDocument(document: ListDocument): URLSearchParams {
  const params = new URLSearchParams()
  if (document.q) params.set('q', document.q)
  if (document.filter) params.set('filter', document.filter)
  if (document.match?.length) params.set('match', JSON.stringify(document.match))
  if (document.sort) params.set('sort', document.sort)
  return params
}

/** The document as the query of a request. */
export function queryOf(document: ListDocument) {
  const { q, filter, match, sort } = document
  return {
    ...(q ? { q } : {}),
    ...(filter ? { filter } : {}),
    ...(match?.length ? { match: JSON.stringify(match) } : {}),
    ...(sort ? { sort } : {}),
  }
}

/** Which records, without their order. */
export function chosenOf({ q, filter, match }: ListDocument) {
  return { ...(q ? { q } : {}), ...(filter ? { filter } : {}), ...(match?.length ? { match } : {}) }
}

export const isNarrowed = (document: ListDocument) => Object.keys(chosenOf(document)).length > 0
