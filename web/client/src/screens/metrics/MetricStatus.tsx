// A mark for metrics that do not count yet or no more.
import { useTranslation } from '../../i18n/useTranslation'
import { Badge } from '../../parts/Badge'

export function MetricStatus({ status }: { status: string | undefined }) {
  const { t } = useTranslation('metrics')
  if (status === 'shadow' || status === 'draft' || status === 'frozen')
    return <Badge tone={status === 'frozen' ? 'blue' : 'amber'}>{t(status)}</Badge>
  return null
}
