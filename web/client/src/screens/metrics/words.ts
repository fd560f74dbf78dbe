// What a metric is, in one line: how often, of what, which way is good.
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from '../../i18n/useTranslation'
import type { MetricSummary } from '../../api/types'
import { itemsOf } from '../../api/list'
import { entitiesQuery } from '../../api/queries'
import { formatNumber, parseDecimal } from '../../format/decimal'
import { label } from '../../i18n/label'
import { wordOf } from '../../parts/Badge'

export function useMetricWords(): (metric: MetricSummary) => string {
  const { t } = useTranslation('metrics')
  const entities = itemsOf(useQuery(entitiesQuery).data)
  return (metric) => {
    const subject = label(entities.find((one) => one.name === metric.subject)?.label, metric.subject)
    const grain = wordOf(t('grain', { ns: 'common', returnObjects: true }), metric.grain)
    return [t('grain', { grain: grain.toLowerCase() }), t('per', { subject }), metric.direction === 'down' ? t('down') : t('up')].join(
      ' · ',
    )
  }
}

/** The target when it is the same for everybody; a formula is shown with each number instead. */
export function fixedTarget(metric: MetricSummary): string | null {
  return metric.target && parseDecimal(metric.target) !== null ? formatNumber(metric.target, metric) : null
}
