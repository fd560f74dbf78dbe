// The tree field on screen: an outline that is edited in place, by mouse, finger or keyboard.
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from '../../i18n/useTranslation'
import { newKey } from '../../api/keys'
import type { TreeNode } from '../../api/types'
import type { WidgetProps } from '../widgets'
import {
  addChild,
  addSibling,
  MAX_DEPTH,
  MAX_NODES,
  move,
  neighbourOf,
  newNode,
  nodesOf,
  placedNodes,
  remove,
  rename,
  whyNoChild,
  type Forest,
  type Placed,
} from './outline'
import styles from './Tree.module.css'
import { TreeRow, type TreeAction } from './TreeRow'

const UNDO_MS = 10_000

export function TreeEditor(props: WidgetProps) {
  const { t } = useTranslation('form')
  const forest = (props.input ?? []) as Forest
  const [collapsed, setCollapsed] = useState<ReadonlySet<string>>(new Set())
  const [undo, setUndo] = useState<{ forest: Forest; count: number } | null>(null)
  const [active, setActive] = useState<string | null>(null)
  const [note, setNote] = useState('')
  const focusNext = useRef<string | null>(null)
  const box = useRef<HTMLDivElement>(null)
  const placed = placedNodes(forest, collapsed)

  useEffect(() => {
    if (!focusNext.current) return
    const target = box.current?.querySelector<HTMLElement>(`[data-node="${focusNext.current}"] textarea`)
    focusNext.current = null
    target?.focus()
  })
  useEffect(() => {
    if (!undo) return
    const timer = setTimeout(() => setUndo(null), UNDO_MS)
    return () => clearTimeout(timer)
  }, [undo])

  const change = (next: Forest, focus: string | null) => {
    focusNext.current = focus
    setNote('')
    props.onInput(next)
  }

  const add = (make: (node: TreeNode) => Forest) => {
    const node = newNode(newKey().slice(0, 8))
    const next = make(node)
    if (next !== forest) change(next, node.id)
  }

  const drop = (placedNode: Placed) => {
    const count = nodesOf([placedNode.node]).length
    if (count > 1 || placedNode.node.text.trim()) setUndo({ forest, count })
    change(remove(forest, placedNode.node.id), neighbourOf(forest, placedNode.node.id))
  }

  const toggle = (id: string) =>
    setCollapsed((before) => {
      const next = new Set(before)
      if (!next.delete(id)) next.add(id)
      return next
    })

  const open = (id: string) => setCollapsed((before) => new Set([...before].filter((one) => one !== id)))

  const act = (at: Placed, action: TreeAction) => {
    const { id } = at.node
    switch (action) {
      case 'child': {
        const refusal = whyNoChild(forest, id)
        if (refusal) return setNote(t(`tree.${refusal}`, { depth: MAX_DEPTH, count: MAX_NODES }))
        open(id)
        return add((node) => addChild(forest, id, node))
      }
      case 'sibling':
        if (nodesOf(forest).length >= MAX_NODES) return setNote(t('tree.tooMany', { count: MAX_NODES }))
        return add((node) => addSibling(forest, id, node))
      case 'remove':
        return drop(at)
      case 'up':
      case 'down':
        return change(move(forest, id, action === 'up' ? -1 : 1), id)
      case 'toggle':
        return toggle(id)
      case 'previous':
      case 'next': {
        const index = placed.findIndex((one) => one.node.id === id) + (action === 'next' ? 1 : -1)
        const target = placed[index]?.node.id
        box.current?.querySelector<HTMLElement>(`[data-node="${target}"] textarea`)?.focus()
      }
    }
  }

  return (
    <div
      ref={box}
      id={props.id}
      tabIndex={-1}
      role="group"
      aria-labelledby={`${props.id}-label`}
      aria-describedby={props.describedBy}
      className={`${styles.tree} ${props.invalid ? styles.invalidTree : ''}`}
      onBlur={props.onLeave}
    >
      {forest.length === 0 ? (
        <div className={styles.empty}>
          <p>{t('tree.empty')}</p>
          <button
            type="button"
            className={styles.first}
            disabled={props.readOnly}
            onClick={() => add((node) => addSibling(forest, null, node))}
          >
            + {t('tree.addRoot')}
          </button>
        </div>
      ) : (
        <ul className={styles.list}>
          {placed.map((one) => (
            <TreeRow
              key={one.node.id}
              placed={one}
              isCollapsed={collapsed.has(one.node.id)}
              isActive={active === one.node.id}
              isReadOnly={props.readOnly}
              isInvalid={props.invalid && one.node.text.trim() === ''}
              onAct={(action) => act(one, action)}
              onFocus={() => setActive(one.node.id)}
              onText={(text) => props.onInput(rename(forest, one.node.id, text))}
            />
          ))}
        </ul>
      )}
      {undo && (
        <p className={styles.undo} role="status">
          {t('tree.removed', { count: undo.count })}
          <button type="button" onClick={() => (change(undo.forest, null), setUndo(null))}>
            {t('tree.undo')}
          </button>
        </p>
      )}
      {note && (
        <p className={styles.note} role="status">
          {note}
        </p>
      )}
      {forest.length > 0 && (
        <p className={styles.keys}>
          <span className="num">{t('tree.count', { count: nodesOf(forest).length })}</span>
          <span className={styles.keyHint}>{t('tree.keys')}</span>
        </p>
      )}
    </div>
  )
}
