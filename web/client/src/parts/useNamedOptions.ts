// Columns whose choices have names: taken from the entity where the list itself does not bring them.
import { useQuery } from '@tanstack/react-query'
import { entityQuery } from '../api/queries'
import type { Column } from '../api/types'

export function useNamedOptions(entity: string | null, columns: readonly Column[]): readonly Column[] {
  const isNeeded = entity !== null && columns.some((column) => column.type === 'choice' && !column.options)
  const fields = useQuery({ ...entityQuery(entity ?? ''), enabled: isNeeded, retry: false }).data?.fields
  if (!fields) return columns
  return columns.map((column) => {
    const options = fields.find((field) => field.key === column.key)?.options
    return column.options || !options ? column : { ...column, options }
  })
}
