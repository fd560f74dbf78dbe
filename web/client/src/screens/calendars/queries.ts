// What the calendar screen asks for.
import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { api } from '../../api/client'
import { call } from '../../api/problem'

export const calendarsQuery = queryOptions({ queryKey: ['calendars'], queryFn: () => call(api.GET('/calendars')) })

export const yearQuery = (name: string, year: number) =>
  queryOptions({
    queryKey: ['calendar', name, year],
    queryFn: () => call(api.GET('/calendars/{name}/days', { params: { path: { name }, query: { year } } })),
    placeholderData: keepPreviousData,
  })
