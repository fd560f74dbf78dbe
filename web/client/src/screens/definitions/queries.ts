// What the screens about definitions ask for.
import { queryOptions } from '@tanstack/react-query'
import { api } from '../../api/client'
import { itemsOf } from '../../api/list'
import { call } from '../../api/problem'

const OFTEN = 1_000

export const draftsQuery = queryOptions({ queryKey: ['definitions', 'drafts'], queryFn: () => call(api.GET('/definitions/drafts')) })
export const filesQuery = queryOptions({ queryKey: ['definitions', 'files'], queryFn: () => call(api.GET('/definitions/files')) })
export const revisionsQuery = queryOptions({ queryKey: ['definitions', 'revisions'], queryFn: () => call(api.GET('/definitions/revisions')) })

/** Fields of an entity that were taken away and would come back with their values. */
export const formerQuery = (entity: string) =>
  queryOptions({
    queryKey: ['definitions', 'former', entity],
    queryFn: () => call(api.GET('/definitions/former-fields', { params: { query: { entity } } })),
  })

const MOVING = new Set(['filling', 'waiting'])

/** Fields on their way to another type and the publications they belong to, again and again while one goes on. Publications are asked first: where none goes on, the changes told with them are final. */
export const changesQuery = queryOptions({
  queryKey: ['definitions', 'changes'],
  queryFn: async () => {
    const publications = itemsOf(await call(api.GET('/definitions/publications')))
    const changes = itemsOf(await call(api.GET('/definitions/changes')))
    return { moving: publications.filter((one) => MOVING.has(one.state)), changes }
  },
  refetchInterval: (query) => (query.state.data?.moving.length ? OFTEN : false),
})
