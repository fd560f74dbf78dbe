// Columns that come without the names of their choices or as bare numbers: completed from the entity's fields.
import { useQuery } from '@tanstack/react-query'
import { entityQuery } from '../api/queries'
import type { Column, FieldDescriptor } from '../api/types'

const isBare = (column: Column) => column.type === 'number' || (column.type === 'choice' && !column.options)

function completed(column: Column, field: FieldDescriptor | undefined): Column {
  if (!field || !isBare(column)) return column
  if (column.type === 'choice') return field.options ? { ...column, options: field.options } : column
  return { ...column, type: field.type, decimals: field.decimals ?? null, unit: field.unit ?? null }
}

export function useNamedOptions(entity: string | null, columns: readonly Column[]): readonly Column[] {
  const isNeeded = entity !== null && columns.some(isBare)
  const fields = useQuery({ ...entityQuery(entity ?? ''), enabled: isNeeded, retry: false }).data?.fields
  if (!fields) return columns
  return columns.map((column) =>
    completed(
      column,
      fields.find((field) => field.key === column.key),
    ),
  )
}
