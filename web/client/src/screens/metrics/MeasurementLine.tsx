// The course over time, one line per subject, the target dashed.
import { lazy, useCallback, useMemo } from 'react'
import { useTranslation } from '../../i18n/useTranslation'
import { useNavigate } from 'react-router'
import type { Measurement, MetricSummary } from '../../api/types'
import { formatNumber } from '../../format/decimal'
import { label } from '../../i18n/label'
import { ChartFrame } from '../../parts/ChartFrame'
import type { Palette } from '../../parts/EChart'
import { gridOf } from './grid'
import styles from './Metrics.module.css'

const EChart = lazy(() => import('../../parts/EChart'))
const LINES = 8 // more cannot be told apart
const COLOURS = ['#1456f0', '#0a7f6e', '#a05a00', '#8f3fb5', '#b3261e', '#3b6f9c', '#5d6b12', '#7a4b3a']
const DARK_COLOURS = ['#6ba4f8', '#4fc7b4', '#e0a458', '#c58be2', '#f28b82', '#8ab8dd', '#b6c45a', '#c99a86']

export function MeasurementLine({ metric, measurements }: { metric: MetricSummary; measurements: readonly Measurement[] }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const grid = useMemo(() => gridOf(measurements, 52), [measurements])
  const option = useCallback(
    (palette: Palette) => {
      const rows = grid.rows.slice(0, LINES)
      const colours = palette.surface === '#1f1f1f' ? DARK_COLOURS : COLOURS
      const series = rows.map((row, index) => ({
        name: row.display,
        type: 'line',
        symbolSize: 7,
        itemStyle: { color: colours[index % colours.length] },
        lineStyle: { width: 2 },
        data: grid.periods.map((period) => row.cells.get(period.number)?.value ?? null),
      }))
      const only = rows.length === 1 ? rows[0] : undefined
      const target = only && {
        name: t('target'),
        type: 'line',
        symbol: 'none',
        itemStyle: { color: palette.text2 },
        lineStyle: { width: 1.5, type: 'dashed' },
        data: grid.periods.map((period) => only.cells.get(period.number)?.target ?? null),
      }
      return {
        grid: { left: 8, right: 20, top: 56, bottom: 8, containLabel: true },
        legend: { top: 0, left: 0, type: 'scroll', textStyle: { color: palette.text2 }, pageTextStyle: { color: palette.text2 } },
        tooltip: {
          trigger: 'axis',
          renderMode: 'richText',
          confine: true,
          backgroundColor: palette.surface,
          borderColor: palette.line,
          textStyle: { color: palette.text, fontSize: 12 },
          valueFormatter: (value: unknown) => formatNumber(value as string | null, metric),
        },
        xAxis: {
          type: 'category',
          data: grid.periods.map((period) => period.label),
          axisLabel: { color: palette.text2, hideOverlap: true },
          axisLine: { lineStyle: { color: palette.line } },
          axisTick: { show: false },
        },
        yAxis: {
          type: 'value',
          scale: true,
          axisLabel: { color: palette.text2, formatter: (value: number) => formatNumber(value, { ...metric, decimals: null }) },
          splitLine: { lineStyle: { color: palette.line } },
        },
        series: target ? [...series, target] : series,
      }
    },
    [grid, metric, t],
  )
  const rows = grid.periods.map((period) => [
    period.label,
    ...grid.rows.map((row) => formatNumber(row.cells.get(period.number)?.value, metric)),
  ])
  const last = grid.rows.length === 1 ? [...(grid.rows[0]?.cells.values() ?? [])].at(-1) : undefined
  return (
    <div className={`card ${styles.chart}`}>
      <ChartFrame
        caption={label(metric.label)}
        columns={[t('period'), ...grid.rows.map((row) => row.display)]}
        rows={rows}
        title={
          last && (
            <button type="button" className={styles.linkButton} onClick={() => void navigate(`/passports/${last.uid}`)}>
              {last.period_label}：{formatNumber(last.value, metric)}
            </button>
          )
        }
      >
        <EChart option={option} label={label(metric.label)} height={340} />
      </ChartFrame>
    </div>
  )
}
