// Finds a record by typing: people, departments, anything a reference points to.
import { useEffect, useRef, useState, type KeyboardEvent } from 'react'
import { useTranslation } from '../../i18n/useTranslation'
import type { LookupItem } from '../../api/types'
import { lookup } from '../lookup'
import type { WidgetProps } from '../widgets'
import styles from './Native.module.css'

export function Picker(props: WidgetProps) {
  const { t } = useTranslation('form')
  const chosen = props.input as LookupItem | null
  const [text, setText] = useState('')
  const [open, setOpen] = useState(false)
  const [found, setFound] = useState<readonly LookupItem[] | null>(null)
  const [at, setAt] = useState(0)
  const asked = useRef(0)

  useEffect(() => {
    if (!open) return
    const number = (asked.current += 1)
    const timer = setTimeout(() => {
      void lookup(props.field, text).then((items) => {
        if (number !== asked.current) return // a later question is on its way
        setFound(items)
        setAt(0)
      })
    }, 250)
    return () => clearTimeout(timer)
  }, [open, text, props.field])

  const choose = (item: LookupItem) => {
    props.onInput(item)
    setOpen(false)
    setText('')
  }
  const press = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing || !found) return
    if (event.key === 'ArrowDown') setAt((now) => Math.min(now + 1, found.length - 1))
    else if (event.key === 'ArrowUp') setAt((now) => Math.max(now - 1, 0))
    else if (event.key === 'Escape') setOpen(false)
    else if (event.key === 'Enter' && found[at]) choose(found[at])
    else return
    event.preventDefault()
  }

  if (chosen) {
    return (
      <div className={styles.chosen}>
        <span>{chosen.display}</span>
        {!props.readOnly && (
          <button type="button" id={props.id} aria-label={`${t('clear')} ${chosen.display}`} onClick={() => props.onInput(null)}>
            ✕
          </button>
        )}
      </div>
    )
  }
  const listId = `${props.id}-list`
  return (
    <div
      className={styles.picker}
      onBlur={(event) => !event.currentTarget.contains(event.relatedTarget) && (setOpen(false), props.onLeave())}
    >
      <input
        id={props.id}
        className={styles.control}
        type="text"
        role="combobox"
        aria-expanded={open}
        aria-controls={listId}
        aria-activedescendant={open && found?.[at] ? `${listId}-${at}` : undefined}
        aria-describedby={props.describedBy}
        aria-invalid={props.invalid || undefined}
        autoComplete="off"
        placeholder={t('searchHint')}
        value={text}
        disabled={props.readOnly}
        onFocus={() => setOpen(true)}
        onChange={(event) => (setText(event.target.value), setOpen(true))}
        onKeyDown={press}
      />
      {open && (
        <ul className={styles.list} role="listbox" id={listId} aria-labelledby={`${props.id}-label`}>
          {found === null && <li className={styles.hint}>{t('searching')}</li>}
          {found?.length === 0 && <li className={styles.hint}>{t('noMatch')}</li>}
          {found?.map((item, index) => (
            <li
              key={item.uid}
              id={`${listId}-${index}`}
              role="option"
              aria-selected={index === at}
              onPointerDown={(event) => event.preventDefault()}
              onClick={() => choose(item)}
            >
              {item.display}
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}
