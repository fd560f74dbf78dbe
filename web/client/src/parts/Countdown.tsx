// How long until a deadline, by the business clock.
import { useEffect, useState } from 'react'
import { useTranslation } from '../i18n/useTranslation'
import { businessNow, formatDateTime, spanOf } from '../format/time'
import styles from './Countdown.module.css'

const HOUR = 3_600_000

export function useNow(everyMs: number): number {
  const [now, setNow] = useState(businessNow)
  useEffect(() => {
    const timer = setInterval(() => setNow(businessNow()), everyMs)
    return () => clearInterval(timer)
  }, [everyMs])
  return now
}

export function useSpanWords(): (milliseconds: number) => string {
  const { t } = useTranslation()
  return (milliseconds) => {
    const span = spanOf(milliseconds)
    if (span.days) return t(span.hours ? 'duration.daysHours' : 'duration.days', { ...span })
    if (span.hours) return t(span.minutes ? 'duration.hoursMinutes' : 'duration.hours', { ...span })
    if (span.minutes) return t(span.seconds ? 'duration.minutesSeconds' : 'duration.minutes', { ...span })
    return t('duration.seconds', { ...span })
  }
}

export function Countdown({ due }: { due: string }) {
  const { t } = useTranslation()
  const words = useSpanWords()
  const now = useNow(1000)
  const left = Date.parse(due) - now
  const tone = left < 0 ? styles.over : left < 2 * HOUR ? styles.soon : styles.calm
  return (
    <span className={`${styles.countdown} ${tone} num`} title={t('duration.due', { at: formatDateTime(due) })}>
      <svg width="12" height="12" viewBox="0 0 12 12" aria-hidden="true" fill="none" stroke="currentColor" strokeWidth="1.3">
        <circle cx="6" cy="6" r="5" />
        <path d="M6 3v3.2l2 1.3" strokeLinecap="round" />
      </svg>
      {left < 0 ? t('duration.over', { span: words(left) }) : t('duration.left', { span: words(left) })}
    </span>
  )
}
