// One node of the tree: its text and what can be done with it.
import type { KeyboardEvent } from 'react'
import { useTranslation } from '../../i18n/useTranslation'
import type { Placed } from './outline'
import styles from './Tree.module.css'

export type TreeAction = 'child' | 'sibling' | 'remove' | 'up' | 'down' | 'toggle' | 'previous' | 'next'

interface Props {
  readonly placed: Placed
  readonly isCollapsed: boolean
  readonly isActive: boolean
  readonly isReadOnly: boolean
  readonly isInvalid: boolean
  readonly onAct: (action: TreeAction) => void
  readonly onText: (text: string) => void
  readonly onFocus: () => void
}

function actionOf(event: KeyboardEvent<HTMLTextAreaElement>): TreeAction | null {
  if (event.nativeEvent.isComposing) return null // the Enter that ends pinyin input is not ours
  if (event.key === 'Enter') return event.ctrlKey || event.metaKey ? 'child' : 'sibling'
  if (event.key === 'Backspace' && event.currentTarget.value === '') return 'remove'
  if (event.key === 'ArrowUp') return event.altKey ? 'up' : 'previous'
  if (event.key === 'ArrowDown') return event.altKey ? 'down' : 'next'
  return null
}

export function TreeRow({ placed, isCollapsed, isActive, isReadOnly, isInvalid, onAct, onText, onFocus }: Props) {
  const { t } = useTranslation('form')
  const { node, depth, index, siblings } = placed
  const text = node.text.trim() || t('tree.unnamed')
  const press = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    const action = isReadOnly ? null : actionOf(event)
    if (!action) return
    event.preventDefault()
    onAct(action)
  }
  return (
    <li
      className={`${styles.row} ${isActive ? styles.active : ''} ${isInvalid ? styles.badRow : ''}`}
      data-node={node.id}
      data-depth={depth}
      style={{ '--depth': depth - 1 } as React.CSSProperties}
      onFocus={onFocus}
    >
      <div className={styles.line}>
        {node.children.length > 0 ? (
          <button
            type="button"
            className={styles.toggle}
            aria-expanded={!isCollapsed}
            aria-label={`${isCollapsed ? t('tree.expand') : t('tree.collapse')} ${text}`}
            onClick={() => onAct('toggle')}
          >
            <svg width="10" height="10" viewBox="0 0 10 10" aria-hidden="true" className={isCollapsed ? styles.closed : ''}>
              <path d="M1.5 3l3.5 4 3.5-4" fill="none" stroke="currentColor" strokeWidth="1.6" />
            </svg>
          </button>
        ) : (
          <span className={styles.dot} aria-hidden="true" />
        )}
        <textarea
          className={styles.text}
          rows={1}
          value={node.text}
          maxLength={500}
          readOnly={isReadOnly}
          placeholder={depth === 1 ? t('tree.root') : t('tree.placeholder')}
          aria-label={`${t('tree.rename')} ${depth}.${index + 1}`}
          aria-invalid={isInvalid || undefined}
          enterKeyHint="next"
          onChange={(event) => onText(event.target.value.replace(/\n/g, ' '))}
          onKeyDown={press}
        />
      </div>
      {!isReadOnly && (
        <div className={styles.actions}>
          <button type="button" onClick={() => onAct('child')} aria-label={t('tree.addChildTo', { text })}>
            + {t('tree.addChild')}
          </button>
          <button type="button" onClick={() => onAct('sibling')} aria-label={t('tree.addSiblingTo', { text })}>
            + {t('tree.addSibling')}
          </button>
          <button type="button" disabled={index === 0} onClick={() => onAct('up')} aria-label={`${t('tree.moveUp')} ${text}`}>
            ↑
          </button>
          <button
            type="button"
            disabled={index === siblings - 1}
            onClick={() => onAct('down')}
            aria-label={`${t('tree.moveDown')} ${text}`}
          >
            ↓
          </button>
          <button type="button" className={styles.danger} onClick={() => onAct('remove')} aria-label={t('tree.removeNode', { text })}>
            {t('tree.remove')}
          </button>
        </div>
      )}
    </li>
  )
}
