// What a task card asks to look at before filling: a curve and records, in the smallest useful form.
import { useTranslation } from '../i18n/useTranslation'
import type { Step } from '../api/types'
import { formatNumber } from '../format/decimal'
import { formatDateTime } from '../format/time'
import { label } from '../i18n/label'
import styles from './Fill.module.css'
import { sparkPath } from './spark'

type ChartOf = Extract<Step, { type: 'chart' }>
type RecordsOf = Extract<Step, { type: 'records' }>
const NUMBERS = new Set(['integer', 'decimal', 'money', 'percent', 'number'])

function Curve({ step }: { step: ChartOf }) {
  const { t } = useTranslation('fill')
  const { points, unit } = step.series
  if (points.length === 0) return <p className="muted">{t('noPoints')}</p>
  const values = points.map((point) => Number(point.value))
  const shown = (value: number | string) => formatNumber(value, { unit: unit ?? null })
  const words = t('points', { count: points.length, last: shown(points.at(-1)?.value ?? ''), max: shown(Math.max(...values)) })
  return (
    <>
      <svg viewBox="0 0 320 80" className={styles.spark} role="img" aria-label={words} preserveAspectRatio="none">
        <path d={sparkPath(values, 320, 80)} fill="none" stroke="var(--link)" strokeWidth="2" vectorEffect="non-scaling-stroke" />
      </svg>
      <p className="small muted num">{words}</p>
    </>
  )
}

function Records({ step }: { step: RecordsOf }) {
  const { t } = useTranslation('fill')
  if (step.rows.length === 0) return <p className="muted">{t('noRows')}</p>
  const show = (row: RecordsOf['rows'][number], column: RecordsOf['columns'][number]) => {
    const display = row.display_values?.[column.key]
    const value = row.values[column.key]
    if (display) return display
    if (value === null || value === undefined) return '—'
    if (column.type === 'choice') return label(column.options?.find((option) => option.id === value)?.label, String(value))
    if (column.type === 'datetime') return formatDateTime(String(value))
    if (typeof value === 'boolean') return t(value ? 'yes' : 'no', { ns: 'common' })
    return NUMBERS.has(column.type) ? formatNumber(String(value), column) : String(value)
  }
  return (
    <ul className={styles.records}>
      {step.rows.map((row) => (
        <li key={row.uid}>
          <dl>
            {step.columns.map((column) => (
              <div key={column.key}>
                <dt>{label(column.label, column.key)}</dt>
                <dd className="num">{show(row, column)}</dd>
              </div>
            ))}
          </dl>
        </li>
      ))}
    </ul>
  )
}

export function ContextSteps({ steps }: { steps: readonly Step[] }) {
  return (
    <>
      {steps.map((step, index) =>
        step.type === 'chart' || step.type === 'records' ? (
          <details key={index} className={styles.card} open={step.type === 'chart'}>
            <summary>{label(step.label)}</summary>
            {step.type === 'chart' ? <Curve step={step} /> : <Records step={step} />}
          </details>
        ) : null,
      )}
    </>
  )
}
