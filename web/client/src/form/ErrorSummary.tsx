// What is to be corrected, as lines and by field.
import { useTranslation } from '../i18n/useTranslation'
import type { Filling } from './useForm'
import { wordsOf } from './words'

export interface SummaryLine {
  readonly path: string | null
  readonly text: string
}

export function useSummaryLines(filling: Filling): SummaryLine[] {
  const { t } = useTranslation('form')
  const found = filling.findings.map((finding) => ({ path: finding.path, text: wordsOf(finding, t) }))
  const refused = filling.refusals.map((refusal) => ({ path: refusal.path, text: refusal.message }))
  return [...found, ...refused]
}

/** Words beside each field, by path: what the server refused wins over our own finding. */
export function messagesOf(lines: readonly SummaryLine[]): Record<string, string> {
  return Object.fromEntries([...lines].reverse().flatMap((line) => (line.path ? [[line.path, line.text]] : [])))
}
