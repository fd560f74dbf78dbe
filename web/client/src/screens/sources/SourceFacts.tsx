// What the list and the page of a source share: its state, the age of its data, its facts.
import { useTranslation } from '../../i18n/useTranslation'
import type { Source } from '../../api/types'
import { group } from '../../format/decimal'
import { formatDateTime } from '../../format/time'
import { label } from '../../i18n/label'
import { Badge, wordOf, type Tone } from '../../parts/Badge'
import { useSpanWords } from '../../parts/Countdown'
import { RagMark } from '../../parts/Rag'
import styles from './Sources.module.css'

const TONES: Record<string, Tone> = {
  ok: 'green',
  running: 'blue',
  idle: 'grey',
  new: 'grey',
  lost: 'red',
  error: 'red',
  auth: 'red',
  config: 'red',
  stopped: 'amber',
  late: 'amber',
}

/** Age of the data against its limit: colour, sign and word together. */
function Delay({ source }: { source: Source }) {
  const { t } = useTranslation('admin')
  const words = useSpanWords()
  const { delay_s: delay, limit_s: limit } = source
  if (delay === null || delay === undefined) return <span className="muted">{t('sources.never')}</span>
  const isLate = limit !== null && limit !== undefined && delay > limit
  return (
    <span className={`${styles.delay} num`}>
      <RagMark band={isLate ? 'red' : 'green'} />
      {words(delay * 1000)}
      {limit !== null && limit !== undefined && <span className="muted"> / {words(limit * 1000)}</span>}
      <span className={isLate ? styles.late : 'visually-hidden'}>{isLate ? t('sources.late') : t('sources.onTime')}</span>
    </span>
  )
}

export function SourceState({ source }: { source: Source }) {
  const { t } = useTranslation('admin')
  return (
    <div>
      <Badge tone={TONES[source.state] ?? 'grey'}>{wordOf(t('sources.states', { returnObjects: true }), source.state)}</Badge>
      {(source.code || source.message) && <p className={`small ${styles.why}`}>{label(source.message) || source.code}</p>}
    </div>
  )
}

export function SourceFacts({ source }: { source: Source }) {
  const { t } = useTranslation('admin')
  return (
    <dl className={styles.facts}>
      <div>
        <dt>{t('sources.delay')}</dt>
        <dd>
          <Delay source={source} />
        </dd>
      </div>
      <div>
        <dt>{t('sources.checked')}</dt>
        <dd className="num">{source.checked_at ? formatDateTime(source.checked_at, 'seconds') : t('sources.never')}</dd>
      </div>
      <div>
        <dt>{t('sources.rows')}</dt>
        <dd className="num">{source.rows === null || source.rows === undefined ? '—' : group(String(source.rows))}</dd>
      </div>
    </dl>
  )
}
