// After a refused submit: everything to correct, each a link to its field; focus moves here.
import { useEffect, useRef, type MouseEvent } from 'react'
import { useTranslation } from '../i18n/useTranslation'
import type { SummaryLine } from './ErrorSummary'
import styles from './Form.module.css'
import type { Filling } from './useForm'
import { idOf, REVEAL } from './words'

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
