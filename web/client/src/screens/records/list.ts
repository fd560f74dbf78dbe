// What a list is asked for, as it stands in the address: a link to a list shows the same list.
import type { ListDocument, RecordGroup, Test } from '../../api/types'

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

const TEXTS = ['q', 'filter', 'sort'] as const
const LISTS = ['columns', 'group', 'measures'] as const

/** The document without what asks for nothing. */
export function compact(document: ListDocument): ListDocument {
  return Object.fromEntries(Object.entries(document).filter(([, part]) => (part as string | unknown[] | undefined)?.length)) as ListDocument
}

export function readDocument(params: URLSearchParams): ListDocument {
  const texts = TEXTS.map((key) => [key, params.get(key) ?? ''])
  const lists = LISTS.map((key) => [key, (params.get(key) ?? '').split(',').filter(Boolean)])
  return compact({ ...Object.fromEntries(texts), match: testsOf(params.get('match')), ...Object.fromEntries(lists) } as ListDocument)
}

export function writeDocument(document: ListDocument): URLSearchParams {
  const params = new URLSearchParams()
  for (const key of TEXTS) if (document[key]) params.set(key, document[key])
  if (document.match?.length) params.set('match', JSON.stringify(document.match))
  for (const key of LISTS) if (document[key]?.length) params.set(key, document[key].join(','))
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

/** Only the tests of which the values are those of a group: its records, and no others. */
export function testsOfGroup(by: readonly string[], group: RecordGroup): Test[] {
  return by.map((part, n) => {
    const [field = '', step] = part.split(':')
    const value = group.keys[n]?.value ?? null
    if (value === null) return { field, op: 'blank' }
    if (step && step !== 'day') return { field, op: 'between', value: daysOf(String(value), step) }
    return { field, op: '=', value }
  })
}

/** The first and the last day of 2026, 2026-Q2 or 2026-05. */
function daysOf(period: string, step: string): string[] {
  const [year = '', rest = ''] = period.split('-')
  const first = step === 'year' ? 1 : step === 'quarter' ? Number(rest.slice(1)) * 3 - 2 : Number(rest)
  const last = step === 'year' ? 12 : step === 'quarter' ? first + 2 : first
  const two = (n: number) => String(n).padStart(2, '0')
  const end = new Date(Date.UTC(Number(year), last, 0)).getUTCDate()
  return [`${year}-${two(first)}-01`, `${year}-${two(last)}-${two(end)}`]
}
