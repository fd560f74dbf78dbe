// What the formula gives on the record, and how: the value large, the steps as a tree.
import { useQuery } from '@tanstack/react-query'
import { formulaValueQuery } from '../../api/queries'
import type { CalcNode, FormulaPlace, FormulaSample, FormulaValue } from '../../api/types'
import { formatNumber } from '../../format/decimal'
import { formatDate, formatDateTime } from '../../format/time'
import { useTranslation } from '../../i18n/useTranslation'
import { Failed, Loading } from '../../parts/States'
import { CalcTree } from '../passport/CalcTree'
import styles from './Formulas.module.css'

function useShown(): (found: FormulaValue) => string {
  const { t } = useTranslation('common')
  return ({ value, type }) => {
    if (typeof value === 'boolean') return t(value ? 'yes' : 'no')
    if (value === null) return t('unknown', { ns: 'formula' })
    if (type.name === 'number') return formatNumber(value, { unit: type.unit ?? null })
    if (type.name === 'date') return formatDate(value)
    return type.name === 'datetime' ? formatDateTime(value) : value
  }
}

function Answer({ found }: { found: FormulaValue }) {
  const { t } = useTranslation('formula')
  const shown = useShown()
  const reasons = t('reason', { ns: 'metrics', returnObjects: true }) as Record<string, string>
  const isUnknownCondition = found.value === null && found.type.name === 'boolean'
  const tone = found.value === true ? styles.yes : found.value === false ? styles.no : ''
  return (
    <div className={styles.answer}>
      {typeof found.value === 'boolean' && (
        <svg width="28" height="28" viewBox="0 0 28 28" aria-hidden="true" className={tone}>
          <circle cx="14" cy="14" r="13" fill="currentColor" opacity="0.14" />
          <path
            d={found.value ? 'M8.500 14.500l4 4 7.500-8.500' : 'M9.500 9.500l9 9M18.500 9.500l-9 9'}
            fill="none"
            stroke="currentColor"
            strokeWidth="2.600"
            strokeLinecap="round"
          />
        </svg>
      )}
      <strong className={`num ${tone} ${found.value === null ? styles.none : ''}`} data-testid="value">
        {found.value === null && !isUnknownCondition ? t('noValue') : shown(found)}
      </strong>
      {found.period && <span className="muted">{t('ofPeriod', { period: found.period })}</span>}
      {found.reason && <span className={styles.because}>{t('because', { reason: reasons[found.reason] ?? found.reason })}</span>}
    </div>
  )
}

interface Props {
  readonly place: FormulaPlace
  /** The formula, when it is right. */
  readonly text: string | null
  readonly isEmpty: boolean
  readonly isStale: boolean
  readonly sample: FormulaSample
  readonly onPick: (node: CalcNode) => void
}

export function Result({ place, text, isEmpty, isStale, sample, onPick }: Props) {
  const { t } = useTranslation('formula')
  const query = useQuery({ ...formulaValueQuery(place, text ?? '', sample), enabled: text !== null })
  const isOld = isStale || query.isPlaceholderData
  return (
    <section className={`card ${styles.result}`} data-panel="result" aria-label={t('result')}>
      <h2>{t('result')}</h2>
      {text === null ? (
        <p className="muted">{isEmpty ? t('resultEmpty') : t('resultWrong')}</p>
      ) : query.error ? (
        <Failed error={query.error} onRetry={() => void query.refetch()} />
      ) : query.data ? (
        <div className={isOld ? styles.old : ''} aria-busy={isOld}>
          <div role="status">
            <Answer found={query.data} />
          </div>
          <div className={styles.tree}>
            <CalcTree tree={query.data.tree} label={t('tree')} onPick={onPick} />
            <p className="small muted">{t('treeHint')}</p>
          </div>
        </div>
      ) : (
        <Loading rows={3} />
      )}
    </section>
  )
}
