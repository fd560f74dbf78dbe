// After the submit: that it worked, the measured response time, and what is next.
import { Button } from 'antd'
import { useEffect, useRef } from 'react'
import { useTranslation } from '../../i18n/useTranslation'
import { Link, useNavigate } from 'react-router'
import type { SubmittedTask } from '../../api/types'
import { formatNumber } from '../../format/decimal'
import styles from './Task.module.css'

interface Props {
  readonly out: SubmittedTask
  readonly onNext: (() => void) | undefined
}

export function Submitted({ out, onNext }: Props) {
  const { t } = useTranslation('work')
  const navigate = useNavigate()
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => {
    box.current?.focus()
    box.current?.scrollIntoView({ block: 'start' })
  }, [])
  const hours = out.response_hours ?? out.task?.response_hours
  return (
    <div className={styles.submitted} role="status" tabIndex={-1} ref={box}>
      <svg width="48" height="48" viewBox="0 0 48 48" aria-hidden="true">
        <circle cx="24" cy="24" r="22" fill="var(--green-tint)" stroke="var(--green-line)" />
        <path d="M15 24.500l6 6 12-13" fill="none" stroke="var(--green)" strokeWidth="3" strokeLinecap="round" strokeLinejoin="round" />
      </svg>
      <h2>{t('task_.submittedTitle')}</h2>
      {hours ? (
        <p className={styles.response}>
          <span className="muted">{t('task_.responseTime')}</span>
          <strong className="num">{t('task_.hours', { hours: formatNumber(hours, { decimals: 2 }) })}</strong>
        </p>
      ) : (
        <p className="muted">{t('task_.noResponse')}</p>
      )}
      <div className={styles.submittedActions}>
        {onNext && (
          <Button type="primary" onClick={onNext}>
            {t('task_.next')}
          </Button>
        )}
        <Button type={onNext ? 'default' : 'primary'} onClick={() => void navigate('/tasks')}>
          {t('task_.backToList')}
        </Button>
        {out.record_uid && out.record_entity && <Link to={`/records/${out.record_entity}/${out.record_uid}`}>{t('task_.viewRecord')}</Link>}
      </div>
    </div>
  )
}
