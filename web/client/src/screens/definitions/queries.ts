// What the screens about definitions ask for.
import { queryOptions } from '@tanstack/react-query'
import { api } from '../../api/client'
import { itemsOf } from '../../api/list'
import { call } from '../../api/problem'

const OFTEN = 1_000

export const draftsQuery = queryOptions({ queryKey: ['definitions', 'drafts'], queryFn: () => call(api.GET('/definitions/drafts')) })
export const filesQuery = queryOptions({ queryKey: ['definitions', 'files'], queryFn: () => call(api.GET('/definitions/files')) })
export const revisionsQuery = queryOptions({ queryKey: ['definitions', 'revisions'], queryFn: () => call(api.GET('/definitions/revisions')) })

const MOVING = new Set(['filling', 'waiting'])

/** Publications, asked again and again while one goes on. */
export const publicationsQuery = queryOptions({
  queryKey: ['definitions', 'publications'],
  queryFn: () => call(api.GET('/definitions/publications')),
  refetchInterval: (query) => (itemsOf(query.state.data).some((one) => one.state === 'filling') ? OFTEN : false),
})
export const isMoving = (state: string) => MOVING.has(state)

export const changesQuery = queryOptions({
  queryKey: ['definitions', 'changes'],
  queryFn: () => call(api.GET('/definitions/changes')),
  refetchInterval: (query) => (itemsOf(query.state.data).some((one) => one.phase === 'current' || one.phase === 'history') ? OFTEN : false),
})
