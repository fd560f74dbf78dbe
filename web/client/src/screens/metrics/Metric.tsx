// One metric: its measurements as matrix, line or list; every number opens its passport.
import { useQuery } from '@tanstack/react-query'
import { Segmented, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from '../../i18n/useTranslation'
import { Link, useParams } from 'react-router'
import { itemsOf } from '../../api/list'
import { measurementsQuery, metricsQuery } from '../../api/queries'
import type { Measurement, MetricSummary } from '../../api/types'
import { label } from '../../i18n/label'
import { Page } from '../../parts/Page'
import { Loaded, NotFound, Nothing } from '../../parts/States'
import { useIsAdmin } from '../../shell/session'
import { benchPath, metricBench, targetBench } from '../formulas/bench'
import { MeasurementLine } from './MeasurementLine'
import { MeasurementList } from './MeasurementList'
import { MeasurementMatrix } from './MeasurementMatrix'
import { MetricStatus } from './MetricStatus'
import styles from './Metrics.module.css'
import { fixedTarget, useMetricWords } from './words'

type View = 'matrix' | 'line' | 'list'

function Measurements({ metric, measurements }: { metric: MetricSummary; measurements: readonly Measurement[] }) {
  const { t } = useTranslation('metrics')
  const [view, setView] = useState<View>('matrix')
  const [subject, setSubject] = useState<string | null>(null)
  const subjects = [...new Map(measurements.map((one) => [one.subject.uid, one.subject.display]))].map(([value, name]) => ({
    value,
    label: name,
  }))
  const shown = subject ? measurements.filter((one) => one.subject.uid === subject) : measurements
  if (measurements.length === 0) return <Nothing text={t('noMeasurements')} />
  return (
    <>
      <div className={styles.controls}>
        <Segmented
          value={view}
          onChange={setView}
          options={(['matrix', 'line', 'list'] as const).map((value) => ({ value, label: t(value) }))}
          aria-label={t('view')}
        />
        {subjects.length > 1 && (
          <Select
            allowClear
            showSearch={{ optionFilterProp: 'label' }}
            value={subject}
            onChange={(value) => setSubject(value ?? null)}
            options={subjects}
            placeholder={t('allSubjects')}
            aria-label={t('subjectFilter')}
            style={{ minWidth: 180 }}
          />
        )}
        <span className="small muted">{t('hint')}</span>
      </div>
      {view === 'matrix' && <MeasurementMatrix metric={metric} measurements={shown} />}
      {view === 'line' && <MeasurementLine metric={metric} measurements={shown} />}
      {view === 'list' && <MeasurementList metric={metric} measurements={shown} />}
    </>
  )
}

export default function Metric() {
  const { t } = useTranslation('metrics')
  const name = useParams()['name'] ?? ''
  const metrics = useQuery(metricsQuery)
  const measurements = useQuery(measurementsQuery(name))
  const words = useMetricWords()
  const isAdmin = useIsAdmin()
  const metric = itemsOf(metrics.data).find((one) => one.name === name)
  if (metrics.data && !metric) return <NotFound />
  const fixed = metric ? fixedTarget(metric) : null
  const planned = metric ? targetBench(metric) : null
  const target = fixed ? ` · ${t('target', { ns: 'common' })} ${fixed}` : ''
  return (
    <Page
      wide
      title={metric ? label(metric.label) : ''}
      actions={
        metric &&
        isAdmin && (
          <>
            {planned && <Link to={benchPath(planned)}>{t('workbenchTarget')}</Link>}
            <Link to={benchPath(metricBench(metric))}>{t('workbench')}</Link>
          </>
        )
      }
      back={<Link to="/metrics">← {t('title')}</Link>}
      lead={
        metric && (
          <>
            {words(metric)}
            {target} <MetricStatus status={metric.status} />
          </>
        )
      }
    >
      <Loaded query={measurements} rows={6}>
        {(page) => (metric ? <Measurements metric={metric} measurements={itemsOf(page)} /> : null)}
      </Loaded>
    </Page>
  )
}
