// ECharts with the SVG renderer, coloured from our variables; loaded only where a chart is shown.
import { BarChart, LineChart } from 'echarts/charts'
import { AriaComponent, GridComponent, LegendComponent, MarkAreaComponent, MarkLineComponent, TooltipComponent } from 'echarts/components'
import { init, use, type ECharts, type EChartsCoreOption } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'
import { useEffect, useRef } from 'react'
import { useIsDark } from '../theme/choice'

use([
  BarChart,
  LineChart,
  AriaComponent,
  GridComponent,
  LegendComponent,
  MarkAreaComponent,
  MarkLineComponent,
  TooltipComponent,
  SVGRenderer,
])

/** Values of our CSS variables, so that a chart follows the theme. */
export interface Palette {
  readonly text: string
  readonly text2: string
  readonly line: string
  readonly surface: string
  readonly primary: string
  readonly red: string
  readonly amber: string
  readonly green: string
}

function paletteNow(): Palette {
  const style = getComputedStyle(document.documentElement)
  const of = (name: string) => style.getPropertyValue(name).trim()
  return {
    text: of('--text'),
    text2: of('--text-2'),
    line: of('--line'),
    surface: of('--surface'),
    primary: of('--link'),
    red: of('--red'),
    amber: of('--amber'),
    green: of('--green'),
  }
}

interface Props {
  readonly option: (palette: Palette) => EChartsCoreOption
  readonly label: string
  readonly height?: number
}

export default function EChart({ option, label, height = 240 }: Props) {
  const box = useRef<HTMLDivElement>(null)
  const chart = useRef<ECharts | null>(null)
  const dark = useIsDark()
  useEffect(() => {
    if (!box.current) return
    const made = init(box.current, null, { renderer: 'svg' })
    chart.current = made
    const watch = new ResizeObserver(() => made.resize())
    watch.observe(box.current)
    return () => {
      watch.disconnect()
      made.dispose()
    }
  }, [])
  useEffect(() => {
    const palette = paletteNow()
    chart.current?.setOption(
      {
        animation: false,
        textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: palette.text },
        aria: { enabled: true, label: { description: label } },
        ...option(palette),
      },
      { notMerge: true },
    )
  }, [option, label, dark])
  return <div ref={box} style={{ height, width: '100%' }} />
}

/** Axes and tooltip all our charts share; the tooltip is drawn, not HTML: CSP forbids inline styles. */
export function commonOption(palette: Palette): EChartsCoreOption {
  return {
    grid: { left: 8, right: 20, top: 28, bottom: 8, containLabel: true },
    tooltip: {
      trigger: 'axis',
      renderMode: 'richText',
      backgroundColor: palette.surface,
      borderColor: palette.line,
      textStyle: { color: palette.text, fontSize: 12 },
      confine: true,
    },
  }
}

export function axisOption(palette: Palette) {
  return {
    axisLine: { lineStyle: { color: palette.line } },
    axisTick: { show: false },
    axisLabel: { color: palette.text2, fontSize: 12, hideOverlap: true },
    splitLine: { lineStyle: { color: palette.line } },
  }
}
