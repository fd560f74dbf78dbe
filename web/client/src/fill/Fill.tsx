// The phone client: opens what the link asks for and follows it to 已提交.
import { lazy, Suspense, useCallback, useEffect, useState, type ReactNode } from 'react'
import { useTranslation } from '../i18n/useTranslation'
import { label } from '../i18n/label'
import { changeLanguage } from '../i18n/start'
import type { Sent } from './Done'
import styles from './Fill.module.css'
import { askedBy } from './link'
import { load, type Loading } from './load'
import { OpenForm } from './OpenForm'

const Done = lazy(() => import('./Done').then((m) => ({ default: m.Done })))
const PhoneSignIn = lazy(() => import('./PhoneSignIn').then((m) => ({ default: m.PhoneSignIn })))

function Frame({ title, children }: { title: string; children: ReactNode }) {
  const { t, i18n } = useTranslation()
  useEffect(() => {
    document.title = title
  }, [title])
  const other = i18n.language === 'en' ? 'zh-CN' : 'en'
  return (
    <div className={styles.frame}>
      <header className={styles.top}>
        <svg width="24" height="24" viewBox="0 0 32 32" aria-hidden="true">
          <rect width="32" height="32" rx="7" fill="var(--primary)" />
          <path d="M9 6h14" stroke="#fff" strokeWidth="2.6" strokeLinecap="round" />
          <path d="M16 6v11" stroke="#fff" strokeWidth="2" />
          <path d="M11.5 17h9L16 27z" fill="#fff" />
        </svg>
        <span className={styles.brand}>{t('product')}</span>
        <button type="button" className={styles.language} lang={other} onClick={() => void changeLanguage(other)}>
          {other === 'en' ? 'English' : '中文'}
        </button>
      </header>
      <main className={styles.main}>{children}</main>
    </div>
  )
}

function Waiting() {
  const { t } = useTranslation()
  const [isLate, setLate] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), 300)
    return () => clearTimeout(timer)
  }, [])
  return (
    <div role="status" aria-label={t('loading')} className={styles.skeleton}>
      {isLate && [60, 100, 100, 80].map((width, index) => <span key={index} style={{ width: `${width}%` }} />)}
    </div>
  )
}

function Notice({ text, onRetry }: { text: string; onRetry?: () => void }) {
  const { t } = useTranslation('fill')
  return (
    <div className={styles.notice}>
      <p>{text}</p>
      {onRetry && (
        <button type="button" className={styles.second} onClick={onRetry}>
          {t('retry', { ns: 'common' })}
        </button>
      )}
      <a href="/tasks">{t('toWork')}</a>
    </div>
  )
}

export function Fill() {
  const { t } = useTranslation('fill')
  const [loading, setLoading] = useState<Loading>({ state: 'loading' })
  const [sent, setSent] = useState<Sent | null>(null)
  const [round, setRound] = useState(0)
  const open = useCallback(() => {
    setLoading({ state: 'loading' })
    void load(askedBy(window.location.pathname, window.location.search)).then(setLoading)
  }, [])
  useEffect(open, [open])

  const again = () => {
    setSent(null)
    setRound(round + 1)
    open()
  }

  const title = loading.state === 'open' ? label(loading.opened.task?.title ?? loading.opened.form.label) : t('title')
  return (
    <Frame title={title}>
      {loading.state === 'loading' && <Waiting />}
      {loading.state === 'signed_out' && (
        <Suspense>
          <PhoneSignIn onIn={open} />
        </Suspense>
      )}
      {loading.state === 'no_link' && <Notice text={t('noLink')} />}
      {loading.state === 'failed' && <Notice text={loading.isMissing ? t('notFound') : t('loadFailed')} onRetry={open} />}
      {loading.state === 'closed' && <Notice text={t('alreadyDone')} />}
      {loading.state === 'open' && sent && (
        <Suspense>
          <Done sent={sent} {...(loading.opened.task ? {} : { onAgain: again })} />
        </Suspense>
      )}
      {loading.state === 'open' && !sent && <OpenForm key={round} opened={loading.opened} title={title} onSent={setSent} />}
    </Frame>
  )
}
