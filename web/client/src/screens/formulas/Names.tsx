// Fields and functions beside the editor: found by name, pinyin or initials, put in by a press.
import { useQuery } from '@tanstack/react-query'
import { Input, Segmented } from 'antd'
import { useState } from 'react'
import { formulaNamesQuery } from '../../api/queries'
import type { FormulaPlace, ListedField, ListedFunction } from '../../api/types'
import { useTranslation } from '../../i18n/useTranslation'
import { Loaded } from '../../parts/States'
import { find } from './find'
import styles from './Formulas.module.css'

type Insert = (text: string) => void

function FieldRow({ field, place, onInsert }: { field: ListedField; place: FormulaPlace; onInsert: Insert }) {
  const { t } = useTranslation('formula')
  const [isOpen, setOpen] = useState(false)
  return (
    <li>
      <div className={styles.row}>
        <button type="button" className={styles.name} disabled={!field.text} onClick={() => onInsert(field.text)} title={field.key}>
          <span className={styles.fieldName}>{field.label}</span>
          <span className={styles.detail}>{field.detail}</span>
        </button>
        {field.path && (
          <button
            type="button"
            className={styles.into}
            aria-expanded={isOpen}
            aria-label={t(isOpen ? 'names.out' : 'names.into', { name: field.label })}
            onClick={() => setOpen(!isOpen)}
          >
            <svg width="10" height="10" viewBox="0 0 10 10" aria-hidden="true" className={isOpen ? '' : styles.shut}>
              <path d="M1.500 3l3.500 4 3.500-4" fill="none" stroke="currentColor" strokeWidth="1.600" />
            </svg>
          </button>
        )}
      </div>
      {isOpen && <Behind path={field.path} place={place} onInsert={onInsert} />}
    </li>
  )
}

function Behind({ path, place, onInsert }: { path: string; place: FormulaPlace; onInsert: Insert }) {
  const query = useQuery(formulaNamesQuery(place, path))
  return (
    <Loaded query={query} rows={2}>
      {({ fields }) => (
        <ul className={styles.behind}>
          {fields.map((one) => (
            <FieldRow key={one.key} field={one} place={place} onInsert={onInsert} />
          ))}
        </ul>
      )}
    </Loaded>
  )
}

function FunctionRow({ one, onInsert }: { one: ListedFunction; onInsert: Insert }) {
  const { t } = useTranslation('formula')
  const example = one.examples[0]
  return (
    <li>
      <button type="button" className={styles.function} onClick={() => onInsert(`${one.name}(`)} aria-label={`${t('names.insert', { name: one.name })}. ${one.doc}`}>
        <code className={styles.signature}>{one.signature}</code>
        <span className={styles.doc}>{one.doc}</span>
        {example && (
          <code className={styles.example}>
            {example.formula} → {example.result ?? 'NULL'}
          </code>
        )}
      </button>
    </li>
  )
}

function Functions({ list, onInsert }: { list: readonly ListedFunction[]; onInsert: Insert }) {
  const groups = [...new Set(list.map((one) => one.category))]
  return groups.map((group) => (
    <section key={group} className={styles.group}>
      <h3>{group}</h3>
      <ul>
        {list
          .filter((one) => one.category === group)
          .map((one) => (
            <FunctionRow key={one.name} one={one} onInsert={onInsert} />
          ))}
      </ul>
    </section>
  ))
}

export function Names({ place, onInsert }: { place: FormulaPlace; onInsert: Insert }) {
  const { t } = useTranslation('formula')
  const [shown, setShown] = useState<'fields' | 'functions'>('fields')
  const [typed, setTyped] = useState('')
  const query = useQuery(formulaNamesQuery(place))
  return (
    <section className={`card ${styles.names}`} data-panel="names" aria-label={t('names.title')}>
      <Segmented
        block
        value={shown}
        onChange={setShown}
        options={[
          { value: 'fields', label: t('names.fields') },
          { value: 'functions', label: t('names.functions') },
        ]}
        aria-label={t('names.title')}
      />
      <Input allowClear value={typed} placeholder={t('names.find')} aria-label={t('names.findLabel')} onChange={(event) => setTyped(event.target.value)} />
      <div className={styles.list} tabIndex={0} role="group" aria-label={t(`names.${shown}`)}>
        <Loaded query={query} rows={6}>
          {({ fields, functions }) => {
            const found = shown === 'fields' ? find(fields, typed) : find(functions, typed)
            if (found.length === 0) return <p className="muted">{t('names.none')}</p>
            if (shown === 'functions') return <Functions list={found as readonly ListedFunction[]} onInsert={onInsert} />
            return (
              <ul>
                {(found as readonly ListedField[]).map((one) => (
                  <FieldRow key={one.key} field={one} place={place} onInsert={onInsert} />
                ))}
              </ul>
            )
          }}
        </Loaded>
      </div>
    </section>
  )
}
