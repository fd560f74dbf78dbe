// How long the bars of a comparison are: both from zero, to one scale.
import type { CalcNode } from '../../api/types'

interface Bar {
  readonly x: number
  readonly width: number
}

function numberOf(node: CalcNode | undefined): number | null {
  if (!node || node.type !== 'number' || typeof node.value !== 'string') return null
  const value = Number(node.value) // for drawing only
  return Number.isFinite(value) ? value : null
}

/** The bars of a condition over two numbers; null when it is something else. */
export function bars(node: CalcNode, width: number): { left: Bar; right: Bar } | null {
  const [first, second, ...more] = node.children ?? []
  const left = numberOf(first)
  const right = numberOf(second)
  if (typeof node.value !== 'boolean' || more.length > 0 || left === null || right === null) return null
  const low = Math.min(0, left, right)
  const span = Math.max(0, left, right) - low
  if (span === 0) return null
  const bar = (value: number): Bar => ({
    x: ((Math.min(0, value) - low) / span) * width,
    width: Math.max((Math.abs(value) / span) * width, 1),
  })
  return { left: bar(left), right: bar(right) }
}
