// Two numbers that are compared, as two bars: how far apart they are is seen, not read.
import type { CalcNode } from '../../api/types'
import { bars } from './bars'
import styles from './Passport.module.css'

const WIDTH = 72

export function Comparison({ node }: { node: CalcNode }) {
  const drawn = bars(node, WIDTH)
  if (!drawn) return null
  return (
    <svg width={WIDTH} height="14" viewBox={`0 0 ${WIDTH} 14`} aria-hidden="true" className={styles.compared}>
      <rect x={drawn.left.x} y="1" width={drawn.left.width} height="5" rx="1.500" fill="var(--link)" />
      <rect x={drawn.right.x} y="8" width={drawn.right.width} height="5" rx="1.500" fill="var(--text-3)" />
    </svg>
  )
}
