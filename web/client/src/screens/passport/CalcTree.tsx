// How a number was computed: the formula as a tree with the value at each node.
import { useState } from 'react'
import { useTranslation } from '../../i18n/useTranslation'
import type { CalcNode } from '../../api/types'
import { formatNumber } from '../../format/decimal'
import { readable } from '../../i18n/label'
import { Comparison } from './Comparison'
import styles from './Passport.module.css'

const OPEN_DEPTH = 3

function useValueWords() {
  const { t } = useTranslation('metrics')
  return (node: CalcNode) => {
    if (node.evaluated === false) return t('passport.notTaken')
    if (node.value === null) return t('passport.unknown')
    if (typeof node.value === 'boolean') return t(node.value ? 'yes' : 'no', { ns: 'common' })
    return node.type === undefined || node.type === 'number' ? formatNumber(node.value) : node.value
  }
}

interface NodeProps {
  readonly node: CalcNode
  readonly onPick?: ((node: CalcNode) => void) | undefined
  readonly depth: number
  readonly startsOpen: boolean
}

function TreeItem({ node, depth, startsOpen, onPick }: NodeProps) {
  const { t } = useTranslation('form')
  const words = useValueWords()
  const reasons = t('reason', { ns: 'metrics', returnObjects: true }) as Record<string, string>
  const [isOpen, setOpen] = useState(startsOpen || depth < OPEN_DEPTH)
  const children = node.children ?? []
  return (
    <li className={styles.treeItem}>
      <div className={styles.treeLine}>
        {children.length > 0 ? (
          <button
            type="button"
            className={styles.toggle}
            aria-expanded={isOpen}
            aria-label={`${isOpen ? t('tree.collapse') : t('tree.expand')} ${node.text}`}
            onClick={() => setOpen(!isOpen)}
          >
            <svg width="10" height="10" viewBox="0 0 10 10" aria-hidden="true" className={isOpen ? '' : styles.closed}>
              <path d="M1.500 3l3.500 4 3.500-4" fill="none" stroke="currentColor" strokeWidth="1.600" />
            </svg>
          </button>
        ) : (
          <span className={styles.leaf} aria-hidden="true" />
        )}
        {onPick ? (
          <button type="button" className={styles.pick} onClick={() => onPick(node)}>
            <code className={styles.snippet}>{readable(node.text)}</code>
          </button>
        ) : (
          <code className={styles.snippet}>{readable(node.text)}</code>
        )}
        <span className={styles.dots} aria-hidden="true" />
        <Comparison node={node} />
        <strong className={`num ${node.value === null ? styles.unknown : ''}`}>{words(node)}</strong>
      </div>
      {node.reason && node.evaluated !== false && <p className={styles.reason}>{reasons[node.reason] ?? node.reason}</p>}
      {isOpen && children.length > 0 && (
        <ul className={styles.branch}>
          {children.map((child, index) => (
            <TreeItem key={index} node={child} depth={depth + 1} startsOpen={startsOpen} onPick={onPick} />
          ))}
        </ul>
      )}
    </li>
  )
}

interface Props {
  readonly tree: CalcNode
  readonly label: string
  /** Somebody wants to see where a step stands in the formula. */
  readonly onPick?: (node: CalcNode) => void
}

export function CalcTree({ tree, label, onPick }: Props) {
  const { t } = useTranslation('metrics')
  const [mode, setMode] = useState<'start' | 'all' | 'none'>('start')
  return (
    <div>
      <div className={styles.treeHead}>
        <h3>{label}</h3>
        <button type="button" className={styles.linkButton} onClick={() => setMode(mode === 'all' ? 'none' : 'all')}>
          {mode === 'all' ? t('passport.collapseAll') : t('passport.expandAll')}
        </button>
      </div>
      <ul className={styles.treeRoot} aria-label={label}>
        <TreeItem key={mode} node={tree} depth={mode === 'none' ? OPEN_DEPTH : 0} startsOpen={mode === 'all'} onPick={onPick} />
      </ul>
    </div>
  )
}
