// Subjects down, periods across; each number a link to its passport.
import { Button } from 'antd'
import { useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from '../../i18n/useTranslation'
import { Link } from 'react-router'
import type { Measurement, MetricSummary } from '../../api/types'
import { formatNumber } from '../../format/decimal'
import { RagMark } from '../../parts/Rag'
import { gridOf } from './grid'
import styles from './Metrics.module.css'

const PERIODS = 16
const ROWS = 50

function Cell({ metric, one }: { metric: MetricSummary; one: Measurement | undefined }) {
  const { t } = useTranslation('metrics')
  if (!one) return <td className={styles.blank}>·</td>
  const value = one.value === null ? t('noValue') : formatNumber(one.value, metric)
  const band = one.band ?? null
  return (
    <td className={`${styles.cell} ${band ? styles[`${band}Cell`] : ''}`}>
      <Link
        to={`/passports/${one.uid}`}
        className="num"
        aria-label={t('openPassport', { subject: one.subject.display, period: one.period_label, value })}
      >
        {band && (
          <span className={styles.band}>
            <RagMark band={band} />
            {t(`rag.${band}`, { ns: 'common' })}
          </span>
        )}
        <span className={one.value === null ? 'muted small' : ''}>{value}</span>
      </Link>
    </td>
  )
}

export function MeasurementMatrix({ metric, measurements }: { metric: MetricSummary; measurements: readonly Measurement[] }) {
  const { t } = useTranslation()
  const [rows, setRows] = useState(ROWS)
  const scroll = useRef<HTMLDivElement>(null)
  const grid = useMemo(() => gridOf(measurements, PERIODS), [measurements])
  useEffect(() => {
    scroll.current?.scrollTo({ left: scroll.current.scrollWidth }) // the latest period is what one looks for
  }, [grid.periods.length])
  return (
    <>
      <div className={`card ${styles.scroll}`} ref={scroll} tabIndex={0} role="region" aria-label={t('dataTable')}>
        <table className={styles.matrix}>
          <thead>
            <tr>
              <th scope="col">{t('subject')}</th>
              {grid.periods.map((period) => (
                <th key={period.number} scope="col" className="num">
                  {period.label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {grid.rows.slice(0, rows).map((row) => (
              <tr key={row.uid}>
                <th scope="row" title={row.display}>
                  {row.display}
                </th>
                {grid.periods.map((period) => (
                  <Cell key={period.number} metric={metric} one={row.cells.get(period.number)} />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {grid.rows.length > rows && <Button onClick={() => setRows(rows + ROWS)}>{t('loadMore')}</Button>}
    </>
  )
}
