// All metrics I may see, by name.
import { useQuery } from '@tanstack/react-query'
import { Button, Input } from 'antd'
import { useState } from 'react'
import { useTranslation } from '../../i18n/useTranslation'
import { Link, useNavigate } from 'react-router'
import { itemsOf } from '../../api/list'
import { metricsQuery } from '../../api/queries'
import type { MetricSummary } from '../../api/types'
import { label } from '../../i18n/label'
import { Page } from '../../parts/Page'
import { Loaded, Nothing } from '../../parts/States'
import { useIsAdmin } from '../../shell/session'
import { MetricStatus } from './MetricStatus'
import styles from './Metrics.module.css'
import { fixedTarget, useMetricWords } from './words'

function MetricRow({ metric }: { metric: MetricSummary }) {
  const { t } = useTranslation('metrics')
  const words = useMetricWords()
  return (
    <Link to={`/metrics/${metric.name}`} className={styles.row}>
      <span className={styles.name}>
        {label(metric.label)} <MetricStatus status={metric.status} />
      </span>
      <span className={styles.facts}>{words(metric)}</span>
      <span className={`${styles.target} num`}>{fixedTarget(metric) ? `${t('target', { ns: 'common' })} ${fixedTarget(metric)}` : ''}</span>
    </Link>
  )
}

export default function Metrics() {
  const { t } = useTranslation('metrics')
  const query = useQuery(metricsQuery)
  const isAdmin = useIsAdmin()
  const navigate = useNavigate()
  const [text, setText] = useState('')
  return (
    <Page title={t('title')} lead={t('hint')}>
      <Loaded query={query} rows={6}>
        {(page) => {
          const metrics = itemsOf(page)
          const found = metrics.filter((metric) =>
            `${label(metric.label)} ${metric.name}`.toLowerCase().includes(text.trim().toLowerCase()),
          )
          if (metrics.length === 0) {
            return (
              <Nothing text={t('empty')}>
                {isAdmin && (
                  <Button type="primary" onClick={() => void navigate('/packs')}>
                    {t('emptyAction')}
                  </Button>
                )}
              </Nothing>
            )
          }
          return (
            <>
              {metrics.length > 6 && (
                <Input
                  allowClear
                  value={text}
                  onChange={(event) => setText(event.target.value)}
                  placeholder={t('find')}
                  aria-label={t('find')}
                  style={{ maxWidth: 320 }}
                />
              )}
              <ul className={`card ${styles.list}`}>
                {found.map((metric) => (
                  <li key={metric.name}>
                    <MetricRow metric={metric} />
                  </li>
                ))}
                {found.length === 0 && <li className={styles.none}>{t('noneFound')}</li>}
              </ul>
            </>
          )
        }}
      </Loaded>
    </Page>
  )
}
