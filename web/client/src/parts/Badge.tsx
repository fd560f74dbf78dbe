// Small word tags: states, origins, kinds.
import type { ReactNode } from 'react'
import { useTranslation } from '../i18n/useTranslation'
import type { Origin } from '../api/types'
import styles from './Badge.module.css'

export type Tone = 'grey' | 'blue' | 'green' | 'amber' | 'red'

export function Badge({ tone = 'grey', title, children }: { tone?: Tone; title?: string; children: ReactNode }) {
  return (
    <span className={`${styles.badge} ${styles[tone]}`} title={title}>
      {children}
    </span>
  )
}

const TONES: Record<string, Tone> = { sensor: 'blue', system: 'green', manual: 'amber', backfilled: 'grey' }

/** Where a value came from; a hand tick never looks like a sensor. */
export function OriginBadge({ origin }: { origin?: Origin | null | undefined }) {
  const { t } = useTranslation()
  const words = t('origin', { returnObjects: true }) as Record<string, string>
  const kind = origin?.kind ?? 'unknown'
  return (
    <span className={styles.origin}>
      <Badge tone={TONES[kind] ?? 'grey'}>{words[kind] ?? kind}</Badge>
      {origin?.source && <span className={`${styles.source} small muted`}>{origin.source}</span>}
    </span>
  )
}

/** The word for a state that only the server knows all values of. */
export function wordOf(words: unknown, key: string | null | undefined): string {
  return key ? ((words as Record<string, string>)[key] ?? key) : ''
}
