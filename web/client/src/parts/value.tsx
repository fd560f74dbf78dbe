// Any value of a record in words, by the type of its field.
import type { Column, Wire } from '../api/types'
import { formatNumber } from '../format/decimal'
import { formatDate, formatDateTime } from '../format/time'
import { shownDuration } from '../form/model/values'
import { nodesOf } from '../form/tree/outline'
import i18next from 'i18next'
import { label } from '../i18n/label'

export interface ValueStyle {
  readonly type: string
  readonly decimals?: number | null
  readonly unit?: string | null
  readonly options?: Column['options']
}

const NUMBERS = new Set(['integer', 'decimal', 'money', 'percent', 'number', 'measurement'])
export const isNumberType = (type: string) => NUMBERS.has(type)

export function showValue(value: Wire | undefined, style: ValueStyle, display?: string | null): string {
  if (display) return display
  if (value === null || value === undefined || value === '') return '—'
  if (typeof value === 'boolean') return i18next.t(value ? 'yes' : 'no')
  if (Array.isArray(value)) return showList(value, style)
  const text = String(value)
  if (NUMBERS.has(style.type)) return formatNumber(text, { type: style.type, decimals: style.decimals ?? null, unit: style.unit ?? null })
  if (style.type === 'date') return formatDate(text)
  if (style.type === 'datetime') return formatDateTime(text)
  if (style.type === 'duration') return shownDuration(text)
  if (style.type === 'choice') return label(style.options?.find((option) => option.id === text)?.label, text)
  return text
}

function showList(value: readonly unknown[], style: ValueStyle): string {
  if (style.type === 'tree') {
    const nodes = nodesOf(value as Parameters<typeof nodesOf>[0])
    return `${nodes[0]?.text ?? ''} (${i18next.t('tree.count', { ns: 'form', count: nodes.length })})`
  }
  if (style.type === 'multi_choice')
    return (value as string[]).map((id) => label(style.options?.find((option) => option.id === id)?.label, id)).join('、') || '—'
  if (style.type === 'reference_list' && value.length === 0) return '—'
  return i18next.t('rows', { ns: 'records', count: value.length })
}
