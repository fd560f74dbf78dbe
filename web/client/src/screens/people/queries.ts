// What the screens about one person ask for.
import { queryOptions } from '@tanstack/react-query'
import { api } from '../../api/client'
import { ApiProblem, call } from '../../api/problem'

const SOON = 2_000
const OFTEN = 60 // looks after which what has not passed on yet is left to the incident that says so

/** The departure that was arranged; null when none was. */
export const departureQuery = (uid: string) =>
  queryOptions({
    queryKey: ['departure', uid],
    queryFn: () =>
      call(api.GET('/people/{uid}/departure', { params: { path: { uid } } })).catch((error: unknown) => {
        if (error instanceof ApiProblem && error.status === 404) return null
        throw error
      }),
    // one of today is carried out in a moment, its records in the moments after it
    refetchInterval: ({ state: { data, dataUpdateCount } }) =>
      data?.state === 'planned' || (data?.owned.some((one) => one.goes) && dataUpdateCount < OFTEN) ? SOON : false,
  })

export const erasureQuery = (uid: string) =>
  queryOptions({
    queryKey: ['erasure', uid],
    queryFn: () => call(api.GET('/people/{uid}/erasure', { params: { path: { uid } } })),
    staleTime: 0,
    gcTime: 0,
  })
