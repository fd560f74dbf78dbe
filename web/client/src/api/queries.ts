// What the screens read, with how often each is asked again.
import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { api } from './client'
import type { FormulaPlace, FormulaSample } from './types'
import type { RecordQuery } from './paths'
import { call } from './problem'

const LIVE = 3_000 // work lists: a card must show within seconds
const CALM = 15_000

export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: () => call(api.GET('/session')),
  retry: false,
  staleTime: Infinity,
})
export const summaryQuery = queryOptions({ queryKey: ['summary'], queryFn: () => call(api.GET('/me/summary')), refetchInterval: LIVE })

export const tasksQuery = (state: 'open' | 'done') =>
  queryOptions({
    queryKey: ['tasks', state],
    queryFn: () => call(api.GET('/tasks', { params: { query: { state } } })),
    refetchInterval: LIVE,
  })
export const taskQuery = (uid: string) =>
  queryOptions({
    queryKey: ['task', uid],
    queryFn: () => call(api.GET('/tasks/{uid}', { params: { path: { uid } } })),
    refetchInterval: CALM,
  })
export const alertsQuery = (state: 'open' | 'all') =>
  queryOptions({
    queryKey: ['alerts', state],
    queryFn: () => call(api.GET('/alerts', { params: { query: { state } } })),
    refetchInterval: LIVE,
  })
export const alertQuery = (uid: string) =>
  queryOptions({
    queryKey: ['alert', uid],
    queryFn: () => call(api.GET('/alerts/{uid}', { params: { path: { uid } } })),
    refetchInterval: CALM,
  })
export const draftsQuery = queryOptions({ queryKey: ['drafts'], queryFn: () => call(api.GET('/form-drafts')), refetchInterval: CALM })
export const noticesQuery = queryOptions({ queryKey: ['notices'], queryFn: () => call(api.GET('/notices')), refetchInterval: CALM })

export const entitiesQuery = queryOptions({ queryKey: ['entities'], queryFn: () => call(api.GET('/entities')), staleTime: CALM })
export const entityQuery = (name: string) =>
  queryOptions({
    queryKey: ['entity', name],
    queryFn: () => call(api.GET('/entities/{name}', { params: { path: { name } } })),
    staleTime: CALM,
  })
export const recordsQuery = (name: string, query: RecordQuery) =>
  queryOptions({
    queryKey: ['records', name, query],
    queryFn: () => call(api.GET('/entities/{name}/records', { params: { path: { name }, query } })),
    placeholderData: keepPreviousData,
    refetchInterval: CALM,
    retry: false, // a wrong filter stays wrong
  })
export const recordQuery = (name: string, uid: string) =>
  queryOptions({
    queryKey: ['record', name, uid],
    queryFn: () => call(api.GET('/entities/{name}/records/{uid}', { params: { path: { name, uid } } })),
  })
export const historyQuery = (name: string, uid: string) =>
  queryOptions({
    queryKey: ['history', name, uid],
    queryFn: () => call(api.GET('/entities/{name}/records/{uid}/history', { params: { path: { name, uid } } })),
  })
export const formQuery = (name: string) =>
  queryOptions({ queryKey: ['form', name], queryFn: () => call(api.GET('/forms/{name}', { params: { path: { name } } })), staleTime: CALM })

export const metricsQuery = queryOptions({ queryKey: ['metrics'], queryFn: () => call(api.GET('/metrics')), refetchInterval: CALM })
export const measurementsQuery = (name: string, subject?: string) =>
  queryOptions({
    queryKey: ['measurements', name, subject ?? null],
    queryFn: () => call(api.GET('/metrics/{name}/measurements', { params: { path: { name }, query: subject ? { subject } : {} } })),
    refetchInterval: CALM,
  })
export const passportQuery = (uid: string) =>
  queryOptions({ queryKey: ['passport', uid], queryFn: () => call(api.GET('/passports/{uid}', { params: { path: { uid } } })) })

export const rulesQuery = queryOptions({ queryKey: ['rules'], queryFn: () => call(api.GET('/rules')), staleTime: CALM })
export const formulaNamesQuery = (place: FormulaPlace, path = '') =>
  queryOptions({
    queryKey: ['formula-names', place, path],
    queryFn: () => call(api.POST('/formulas/names', { body: { ...place, path } })),
    staleTime: CALM,
  })
export const formulaValueQuery = (place: FormulaPlace, text: string, sample: FormulaSample) =>
  queryOptions({
    queryKey: ['formula-value', place, text, sample],
    queryFn: () => call(api.POST('/formulas/value', { body: { ...place, ...sample, text } })),
    placeholderData: keepPreviousData,
    retry: false, // a wrong formula stays wrong
  })
export const formulaNeedsQuery = (place: FormulaPlace, text: string) =>
  queryOptions({
    queryKey: ['formula-needs', place, text],
    queryFn: () => call(api.POST('/formulas/dependencies', { body: { ...place, text } })),
    placeholderData: keepPreviousData,
    retry: false,
  })
export const lookupQuery = (entity: string, q: string) =>
  queryOptions({
    queryKey: ['lookup', entity, q],
    queryFn: () => call(api.GET('/lookup/{entity}', { params: { path: { entity }, query: { q, limit: 30 } } })),
    staleTime: CALM,
  })

export const accountsQuery = queryOptions({ queryKey: ['accounts'], queryFn: () => call(api.GET('/accounts')), staleTime: CALM })

export const packsQuery = queryOptions({ queryKey: ['packs'], queryFn: () => call(api.GET('/packs')) })
export const sourcesQuery = queryOptions({ queryKey: ['sources'], queryFn: () => call(api.GET('/sources')), refetchInterval: 5_000 })
export const settingsQuery = (name: string) =>
  queryOptions({
    queryKey: ['settings', name],
    queryFn: () => call(api.GET('/sources/{name}/settings', { params: { path: { name } } })),
    refetchOnWindowFocus: false, // what is being typed must not be taken away
  })
export const rejectsQuery = (name: string) =>
  queryOptions({ queryKey: ['rejects', name], queryFn: () => call(api.GET('/sources/{name}/rejects', { params: { path: { name } } })) })
export const incidentsQuery = queryOptions({ queryKey: ['incidents'], queryFn: () => call(api.GET('/incidents')), refetchInterval: 5_000 })
