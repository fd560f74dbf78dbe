// What every screen shows instead of its content: loading, empty, failed, not found.
import { Button, Skeleton } from 'antd'
import { useEffect, useState, type ReactNode } from 'react'
import { useTranslation } from '../i18n/useTranslation'
import { Link } from 'react-router'
import { ApiProblem } from '../api/problem'
import { useTitle } from './Page'
import styles from './States.module.css'

/** A skeleton, but only when the wait is long enough to notice. */
export function Loading({ rows = 4 }: { rows?: number }) {
  const { t } = useTranslation()
  const [late, setLate] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), 300)
    return () => clearTimeout(timer)
  }, [])
  return (
    <div className={styles.loading} role="status" aria-label={t('loading')}>
      {late && <Skeleton active title={false} paragraph={{ rows }} />}
    </div>
  )
}

export function Nothing({ text, children }: { text: string; children?: ReactNode }) {
  return (
    <div className={styles.nothing}>
      <svg width="72" height="56" viewBox="0 0 72 56" aria-hidden="true">
        <path d="M10 8h52" stroke="var(--text-3)" strokeWidth="2.5" strokeLinecap="round" />
        <path d="M36 8v22" stroke="var(--text-3)" strokeWidth="1.5" strokeDasharray="3 3" />
        <path d="M29 30h14l-7 18z" fill="var(--primary-tint)" stroke="var(--primary)" strokeWidth="1.5" strokeLinejoin="round" />
      </svg>
      <p>{text}</p>
      {children}
    </div>
  )
}

/** An error in the reader's words, with the code for the support line folded away. */
export function Failed({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const { t } = useTranslation()
  const problem = error instanceof ApiProblem ? error : null
  if (problem?.status === 404) return <NotFound />
  const denied = problem?.status === 403
  const title = denied ? t('deniedTitle', { ns: 'desk' }) : t('failedTitle')
  const text = denied ? t('deniedText', { ns: 'desk' }) : problem?.isOffline ? t('failedOffline') : (problem?.detail ?? problem?.title ?? t('failedServer'))
  return (
    <div className={styles.failed} role="alert">
      <h2>{title}</h2>
      <p>{text || t('failedServer')}</p>
      {onRetry && !denied && <Button onClick={onRetry}>{t('retry')}</Button>}
      {problem && (
        <details className={styles.detail}>
          <summary>{t('details')}</summary>
          <code>{[problem.code, problem.status, problem.message].join(' · ')}</code>
        </details>
      )}
    </div>
  )
}

export function NotFound() {
  const { t } = useTranslation()
  useTitle(t('notFoundTitle', { ns: 'desk' }))
  return (
    <div className={styles.nothing}>
      <p className={styles.big}>404</p>
      <h2>{t('notFoundTitle', { ns: 'desk' })}</h2>
      <p className="muted">{t('notFoundText', { ns: 'desk' })}</p>
      <Link to="/tasks">{t('goHome', { ns: 'desk' })}</Link>
    </div>
  )
}

interface Asked<T> {
  data: T | undefined
  error: unknown
  isPending: boolean
  refetch: () => unknown
}

/** Loading, failed, or the content; data once seen stays while it is asked again. */
export function Loaded<T>({ query, rows, children }: { query: Asked<T>; rows?: number; children: (data: T) => ReactNode }) {
  if (query.data !== undefined) return <>{children(query.data)}</>
  if (query.error) return <Failed error={query.error} onRetry={() => void query.refetch()} />
  return <Loading {...(rows ? { rows } : {})} />
}
