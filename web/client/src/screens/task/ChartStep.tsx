// A curve of a sensor over the last hours, with its data table.
import { lazy, useCallback } from 'react'
import { useTranslation } from '../../i18n/useTranslation'
import type { Step } from '../../api/types'
import { formatNumber } from '../../format/decimal'
import { formatDateTime } from '../../format/time'
import { label } from '../../i18n/label'
import { ChartFrame } from '../../parts/ChartFrame'
import type { Palette } from '../../parts/EChart'
import styles from './Task.module.css'

const EChart = lazy(() => import('../../parts/EChart'))
type ChartOf = Extract<Step, { type: 'chart' }>

/** OPC UA status codes with the top bits set, or a word that says so. */
function isBad(quality: number | string | null | undefined): boolean {
  if (quality === null || quality === undefined) return false
  return typeof quality === 'number' ? quality >= 0x80000000 || (quality < 0 && quality !== -1) : quality === 'bad'
}

export function ChartStep({ step }: { step: ChartOf }) {
  const { t } = useTranslation('work')
  const { points, unit } = step.series
  const name = label(step.label)
  const option = useCallback(
    (palette: Palette) => ({
      grid: { left: 8, right: 16, top: 24, bottom: 8, containLabel: true },
      tooltip: {
        trigger: 'axis',
        renderMode: 'richText',
        confine: true,
        backgroundColor: palette.surface,
        borderColor: palette.line,
        textStyle: { color: palette.text, fontSize: 12 },
      },
      xAxis: {
        type: 'time',
        axisLabel: { color: palette.text2, hideOverlap: true },
        axisLine: { lineStyle: { color: palette.line } },
        splitLine: { show: false },
      },
      yAxis: {
        type: 'value',
        scale: true,
        name: unit ?? '',
        nameTextStyle: { color: palette.text2 },
        axisLabel: { color: palette.text2 },
        splitLine: { lineStyle: { color: palette.line } },
      },
      series: [
        {
          name,
          type: 'line',
          showSymbol: false,
          lineStyle: { width: 2, color: palette.primary },
          itemStyle: { color: palette.primary },
          areaStyle: { color: palette.primary, opacity: 0.08 },
          data: points.map((point) => [point.at, isBad(point.quality) ? null : Number(point.value)]),
        },
      ],
    }),
    [points, name, unit],
  )
  if (points.length === 0) return <p className="muted">{t('task_.noPoints')}</p>
  const good = points.filter((point) => !isBad(point.quality)).map((point) => Number(point.value))
  const last = points[points.length - 1]
  const facts = [
    [t('task_.last'), last ? formatNumber(last.value, { unit: unit ?? null }) : '—'],
    [t('task_.max'), formatNumber(Math.max(...good), { unit: unit ?? null })],
    [t('task_.min'), formatNumber(Math.min(...good), { unit: unit ?? null })],
  ]
  return (
    <ChartFrame
      caption={name}
      columns={[t('time', { ns: 'common' }), unit ? `${t('value', { ns: 'common' })} (${unit})` : t('value', { ns: 'common' })]}
      rows={points.map((point) => [
        formatDateTime(point.at, 'seconds'),
        formatNumber(point.value) + (isBad(point.quality) ? ` · ${t('task_.badQuality')}` : ''),
      ])}
      title={
        <dl className={styles.facts}>
          {facts.map(([term, value]) => (
            <div key={term}>
              <dt>{term}</dt>
              <dd className="num">{value}</dd>
            </div>
          ))}
        </dl>
      }
    >
      <EChart option={option} label={name} height={220} />
    </ChartFrame>
  )
}
