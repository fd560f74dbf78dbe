// Where the formula stands and what it is tried on.
import { useQuery } from '@tanstack/react-query'
import { Checkbox, Input, Select } from 'antd'
import { useEffect, useState } from 'react'
import { itemsOf } from '../../api/list'
import { lookupQuery } from '../../api/queries'
import type { EntitySummary, MetricSummary } from '../../api/types'
import { parseDecimal } from '../../format/decimal'
import { label } from '../../i18n/label'
import { useTranslation } from '../../i18n/useTranslation'
import type { Bench } from './bench'
import styles from './Formulas.module.css'

export interface Given {
  readonly value: string
  readonly target: string
}

interface Props {
  readonly bench: Bench
  readonly entities: readonly EntitySummary[]
  readonly metrics: readonly MetricSummary[]
  readonly given: Given
  readonly onBench: (change: Partial<Bench>) => void
  readonly onGiven: (given: Given) => void
}

const PICKED = /^(row|metric|target|rule):(.*)$/

function pickedOf({ scope, metric, entity }: Bench): string {
  return metric ? `${scope === 'row' ? 'target' : scope}:${metric}` : `row:${entity}`
}

function PlacePicker({ bench, entities, metrics, onBench }: Props) {
  const { t } = useTranslation('formula')
  const rows = entities.map((one) => ({ value: `row:${one.name}`, label: label(one.label, one.name) }))
  const about = (kind: 'metric' | 'target' | 'rule') => ({
    label: t(`contexts.${kind}`),
    options: metrics.map((one) => ({ value: `${kind}:${one.name}`, label: t(`contextItem.${kind}`, { metric: label(one.label, one.name) }) })),
  })
  const choose = (value: string) => {
    const [, kind, name = ''] = PICKED.exec(value) ?? []
    const metric = kind === 'row' ? undefined : metrics.find((one) => one.name === name)
    const scope = kind === 'metric' || kind === 'rule' ? kind : 'row'
    onBench({ entity: metric?.subject ?? name, scope, metric: metric?.name ?? null, condition: false, record: null })
  }
  return (
    <label className={styles.control}>
      {t('context')}
      <Select
        value={pickedOf(bench)}
        onChange={choose}
        showSearch={{ optionFilterProp: 'label' }}
        options={[{ label: t('contextRow'), options: rows }, ...(metrics.length > 0 ? [about('metric'), about('target'), about('rule')] : [])]}
        aria-label={t('context')}
        popupMatchSelectWidth={false}
      />
    </label>
  )
}

function useSettled(text: string): string {
  const [settled, setSettled] = useState(text)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), 250)
    return () => clearTimeout(timer)
  }, [text])
  return settled
}

function RecordPicker({ bench, onBench }: Props) {
  const { t } = useTranslation('formula')
  const [typed, setTyped] = useState('')
  const all = itemsOf(useQuery(lookupQuery(bench.entity, '')).data)
  const found = useQuery(lookupQuery(bench.entity, useSettled(typed)))
  const known = [...new Map([...itemsOf(found.data), ...(typed ? [] : all)].map((one) => [one.uid, one.display]))]
  // a record of the address that is not among the first few
  const chosen = bench.record ?? all[0]?.uid ?? null
  const options = known.map(([value, name]) => ({ value, label: name }))
  if (chosen && !typed && !options.some((one) => one.value === chosen)) options.unshift({ value: chosen, label: chosen.slice(0, 8) })
  return (
    <label className={styles.control}>
      {t('record')}
      <Select
        value={chosen}
        options={options}
        onChange={(record: string) => onBench({ record })}
        showSearch={{ filterOption: false, onSearch: setTyped }}
        onOpenChange={(isOpen) => !isOpen && setTyped('')}
        loading={found.isFetching}
        notFoundContent={found.isFetching ? t('loading', { ns: 'common' }) : t('recordNone')}
        aria-label={t('record')}
        popupMatchSelectWidth={false}
      />
    </label>
  )
}

export const isNumber = (text: string) => text.trim() === '' || parseDecimal(text) !== null

function Numbers({ given, onGiven }: Props) {
  const { t } = useTranslation('formula')
  const input = (key: keyof Given, name: string) => (
    <label className={styles.number}>
      <span>{name}</span>
      <Input
        value={given[key]}
        inputMode="decimal"
        maxLength={30}
        {...(isNumber(given[key]) ? {} : { status: 'error' as const })}
        placeholder={t('givenHint')}
        onChange={(event) => onGiven({ ...given, [key]: event.target.value })}
      />
    </label>
  )
  return (
    <fieldset className={styles.given}>
      <legend>{t('given')}</legend>
      {input('value', t('givenValue'))}
      {input('target', t('givenTarget'))}
    </fieldset>
  )
}

export function Context(props: Props) {
  const { t } = useTranslation('formula')
  const { bench, onBench } = props
  return (
    <section className={`card ${styles.context}`} data-panel="context" aria-label={t('context')}>
      <PlacePicker {...props} />
      <RecordPicker key={bench.entity} {...props} />
      {bench.scope === 'rule' && <Numbers {...props} />}
      {bench.scope === 'row' && !bench.metric && (
        <Checkbox className={styles.condition} checked={bench.condition} onChange={(event) => onBench({ condition: event.target.checked })}>
          {t('condition')}
        </Checkbox>
      )}
    </section>
  )
}
