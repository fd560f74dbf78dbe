// What a backtest found: bars per period, receivers, episodes.
import { Table } from 'antd'
import { lazy, useCallback } from 'react'
import { useTranslation } from '../../i18n/useTranslation'
import type { Backtest } from '../../api/types'
import { ChartFrame } from '../../parts/ChartFrame'
import type { Palette } from '../../parts/EChart'
import { Nothing } from '../../parts/States'
import styles from './Rules.module.css'

const EChart = lazy(() => import('../../parts/EChart'))

export function BacktestResult({ result, seconds }: { result: Backtest; seconds: number }) {
  const { t } = useTranslation('rules')
  const total = result.periods.reduce((sum, period) => sum + period.firings, 0)
  const option = useCallback(
    (palette: Palette) => ({
      grid: { left: 8, right: 16, top: 16, bottom: 8, containLabel: true },
      tooltip: {
        trigger: 'axis',
        renderMode: 'richText',
        confine: true,
        backgroundColor: palette.surface,
        borderColor: palette.line,
        textStyle: { color: palette.text, fontSize: 12 },
      },
      xAxis: {
        type: 'category',
        data: result.periods.map((period) => period.period_label),
        axisLabel: { color: palette.text2, hideOverlap: true },
        axisLine: { lineStyle: { color: palette.line } },
        axisTick: { show: false },
      },
      yAxis: { type: 'value', minInterval: 1, axisLabel: { color: palette.text2 }, splitLine: { lineStyle: { color: palette.line } } },
      series: [
        {
          name: t('backtest.firings'),
          type: 'bar',
          barMaxWidth: 24,
          itemStyle: { color: palette.primary, borderRadius: [3, 3, 0, 0] },
          data: result.periods.map((period) => period.firings),
        },
      ],
    }),
    [result, t],
  )
  if (total === 0 && result.episodes.length === 0) return <Nothing text={t('backtest.nothing')} />
  return (
    <div className={styles.result}>
      <ChartFrame
        caption={t('backtest.firings')}
        columns={[t('period', { ns: 'common' }), t('backtest.firings')]}
        rows={result.periods.map((period) => [period.period_label, String(period.firings)])}
        title={
          <p className={styles.total}>
            <strong>{t('backtest.totalFirings', { count: total })}</strong>
            <span className="small muted num">{t('backtest.took', { seconds: seconds.toFixed(2) })}</span>
          </p>
        }
      >
        <EChart option={option} label={t('backtest.firings')} height={220} />
      </ChartFrame>
      <div className={styles.columns}>
        <section>
          <h3>{t('backtest.receivers')}</h3>
          <Table
            size="small"
            rowKey="name"
            dataSource={[...result.receivers]}
            pagination={{ pageSize: 8, hideOnSinglePage: true, size: 'small', showSizeChanger: false }}
            columns={[
              { title: t('backtest.receiver'), dataIndex: 'name' },
              { title: t('backtest.times'), dataIndex: 'count', align: 'right', className: 'num' },
            ]}
          />
        </section>
        <section>
          <h3>{t('backtest.episodes')}</h3>
          <Table
            size="small"
            rowKey={(episode) => `${episode.subject}-${episode.from}`}
            dataSource={[...result.episodes]}
            pagination={{ pageSize: 8, hideOnSinglePage: true, size: 'small', showSizeChanger: false }}
            scroll={{ x: 'max-content' }}
            columns={[
              { title: t('subject', { ns: 'common' }), dataIndex: 'display' },
              { title: t('backtest.from_'), dataIndex: 'from', className: 'num' },
              { title: t('backtest.to_'), className: 'num', render: (_, episode) => episode.to ?? t('backtest.stillOpen') },
              { title: t('backtest.receiver'), render: (_, episode) => episode.receivers.join('、') },
            ]}
          />
        </section>
      </div>
    </div>
  )
}
