// 已提交: what was kept under which number, and the way on.
import { useEffect, useRef } from 'react'
import { useTranslation } from '../i18n/useTranslation'
import { formatNumber } from '../format/decimal'
import styles from './Fill.module.css'

export interface Sent {
  readonly record_uid?: string | null
  readonly response_hours?: string | null
}

export function Done({ sent, onAgain }: { sent: Sent; onAgain?: () => void }) {
  const { t } = useTranslation('fill')
  const head = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    window.scrollTo(0, 0)
    head.current?.focus()
  }, [])
  return (
    <div className={styles.done}>
      <svg width="64" height="64" viewBox="0 0 48 48" aria-hidden="true">
        <circle cx="24" cy="24" r="22" fill="var(--green-tint)" stroke="var(--green-line)" />
        <path d="M15 24.5l6 6 12-13" fill="none" stroke="var(--green)" strokeWidth="3" strokeLinecap="round" strokeLinejoin="round" />
      </svg>
      <h1 tabIndex={-1} ref={head}>
        {t('submittedTitle')}
      </h1>
      {sent.response_hours && <p>{t('response', { hours: formatNumber(sent.response_hours, { decimals: 2 }) })}</p>}
      {sent.record_uid && <p className="small muted num">{t('number', { id: sent.record_uid })}</p>}
      {onAgain && (
        <button type="button" className={styles.primary} onClick={onAgain}>
          {t('another')}
        </button>
      )}
      <a className={onAgain ? styles.second : styles.primary} href="/tasks">
        {t('toWork')}
      </a>
    </div>
  )
}
