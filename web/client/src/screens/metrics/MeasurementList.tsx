// Measurements one per line, with all that is known of each.
import { Table } from 'antd'
import { useTranslation } from '../../i18n/useTranslation'
import { Link } from 'react-router'
import type { Measurement, MetricSummary } from '../../api/types'
import { formatNumber } from '../../format/decimal'
import { formatDateTime } from '../../format/time'
import { Rag } from '../../parts/Rag'

export function MeasurementList({ metric, measurements }: { metric: MetricSummary; measurements: readonly Measurement[] }) {
  const { t } = useTranslation('metrics')
  const ordered = [...measurements].sort((a, b) => b.period - a.period)
  return (
    <Table<Measurement>
      size="small"
      rowKey="uid"
      dataSource={ordered}
      pagination={{ pageSize: 50, hideOnSinglePage: true, showSizeChanger: false }}
      scroll={{ x: 760 }}
      columns={[
        { title: t('period', { ns: 'common' }), dataIndex: 'period_label', className: 'num', width: 92 },
        { title: t('subject', { ns: 'common' }), render: (_, one) => one.subject.display },
        {
          title: t('value', { ns: 'common' }),
          align: 'right',
          render: (_, one) => (
            <Link to={`/passports/${one.uid}`} className="num">
              {one.value === null ? t('noValue') : formatNumber(one.value, metric)}
            </Link>
          ),
        },
        { title: t('target', { ns: 'common' }), align: 'right', className: 'num', render: (_, one) => formatNumber(one.target, metric) },
        { title: t('status'), render: (_, one) => <Rag band={one.band ?? null} /> },
        { title: t('n'), align: 'right', className: 'num', render: (_, one) => one.n ?? '—' },
        {
          title: t('auto'),
          align: 'right',
          className: 'num',
          render: (_, one) => formatNumber(one.automatic_share, { type: 'percent', decimals: 2 }),
        },
        { title: t('version'), className: 'num', render: (_, one) => one.formula_version ?? '—' },
        { title: t('measuredAt'), className: 'num', render: (_, one) => formatDateTime(one.at) },
      ]}
    />
  )
}
