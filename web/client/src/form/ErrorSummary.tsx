// After a refused submit: everything to correct, each a link to its field; focus moves here.
import { useEffect, useRef, type MouseEvent } from 'react'
import { useTranslation } from '../i18n/useTranslation'
import styles from './Form.module.css'
import type { Filling } from './useForm'
import { idOf, REVEAL, wordsOf } from './words'

function goTo(event: MouseEvent, id: string): void {
  const target = document.getElementById(id)
  if (!target) return
  event.preventDefault()
  target.dispatchEvent(new CustomEvent(REVEAL, { bubbles: true }))
  const control = target.matches('input,select,textarea,button,[tabindex]')
    ? target
    : target.querySelector<HTMLElement>('input,select,textarea,button')
  // a tab it stands behind opens first: what is not shown takes no focus
  requestAnimationFrame(() => {
    target.scrollIntoView({ block: 'center' })
    control?.focus({ preventScroll: true })
  })
}

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

export function ErrorSummary({ filling, lines }: { filling: Filling; lines: readonly SummaryLine[] }) {
  const { t } = useTranslation('form')
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (filling.tries === 0) return
    box.current?.focus({ preventScroll: true })
    box.current?.scrollIntoView({ block: 'nearest' })
  }, [filling.tries])
  if (filling.tries === 0 || lines.length === 0) return null
  return (
    <div className={styles.summary} role="alert" tabIndex={-1} ref={box} aria-labelledby={`${filling.form.name}-summary`}>
      <h3 id={`${filling.form.name}-summary`}>
        {lines.some((line) => line.path) ? t('summaryTitle', { count: lines.length }) : t('summaryOther')}
      </h3>
      <ul>
        {lines.map((line, index) => (
          <li key={index}>
            {line.path ? (
              <a href={`#${idOf(filling.form.name, line.path)}`} onClick={(event) => goTo(event, idOf(filling.form.name, line.path ?? ''))}>
                {line.text}
              </a>
            ) : (
              line.text
            )}
          </li>
        ))}
      </ul>
    </div>
  )
}

/** Words beside each field, by path: what the server refused wins over our own finding. */
export function messagesOf(lines: readonly SummaryLine[]): Record<string, string> {
  return Object.fromEntries([...lines].reverse().flatMap((line) => (line.path ? [[line.path, line.text]] : [])))
}
