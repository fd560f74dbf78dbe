// Structured filters: one row per condition; field, comparison, value.
import { Button, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from '../../i18n/useTranslation'
import '../../i18n/life'
import { newKey } from '../../api/keys'
import type { EntityDescriptor, FieldDescriptor, LookupItem, Test } from '../../api/types'
import { isReference, type Input } from '../../form/model/values'
import { label } from '../../i18n/label'
import { asked, begun, conditionOf, filterable, ME, takesOf, testOf, type Condition } from './conditions'
import styles from './Lists.module.css'
import { ValueInput } from './ValueInput'

interface RowProps {
  readonly condition: Condition
  readonly fields: readonly FieldDescriptor[]
  readonly number: number
  readonly isTried: boolean
  readonly onChange: (condition: Condition) => void
  readonly onRemove: () => void
}

const isMe = (input: Input | undefined) => (input as LookupItem | null | undefined)?.uid === ME

function Values({ condition, field, isTried, onChange }: { condition: Condition; field: FieldDescriptor; isTried: boolean; onChange: (inputs: Input[]) => void }) {
  const { t } = useTranslation('life')
  const takes = takesOf(field, condition.op)
  if (takes === 'none') return null
  const names = takes === 'two' ? [t('list.from'), t('list.to')] : [t('list.value')]
  const shape = asked(field, takes)
  const set = (at: number, input: Input) => onChange(names.map((_, n) => (n === at ? input : (condition.inputs[n] ?? null))))
  const canBeMe = isReference(field.type) && (field.entity ?? field.type) === 'person' && takes === 'one'
  return (
    <div className={styles.values}>
      {names.map((name, at) => (
        <ValueInput
          key={`${condition.op}${at}`}
          id={`${condition.id}-${at}`}
          field={shape}
          input={isMe(condition.inputs[at]) ? { uid: ME, display: t('list.me') } : (condition.inputs[at] ?? null)}
          onInput={(input) => set(at, input)}
          label={`${label(field.label, field.key)} ${name}`}
          invalid={isTried && (condition.inputs[at] ?? null) === null}
        />
      ))}
      {canBeMe && !isMe(condition.inputs[0]) && (
        <Button type="link" onClick={() => set(0, { uid: ME, display: t('list.me') })}>
          {t('list.me')}
        </Button>
      )}
    </div>
  )
}

function ConditionRow({ condition, fields, number, isTried, onChange, onRemove }: RowProps) {
  const { t } = useTranslation('life')
  const field = fields.find((one) => one.key === condition.field)
  return (
    <li className={styles.condition}>
      <Select
        aria-label={`${t('list.field')} ${number}`}
        value={condition.field}
        showSearch={{ optionFilterProp: 'label' }}
        options={fields.map((one) => ({ value: one.key, label: label(one.label, one.key) }))}
        onChange={(key: string) => onChange(begun(fields, key, condition.id))}
      />
      <Select
        aria-label={`${t('list.op')} ${number}`}
        value={condition.op}
        options={(field?.comparisons ?? []).map((one) => ({ value: one.key, label: label(one.label, one.key) }))}
        onChange={(op: string) => onChange({ ...condition, op, inputs: takesOf(field, op) === takesOf(field, condition.op) ? condition.inputs : [null] })}
      />
      {field ? (
        <Values condition={condition} field={field} isTried={isTried} onChange={(inputs) => onChange({ ...condition, inputs })} />
      ) : (
        <span />
      )}
      <Button type="text" onClick={onRemove} aria-label={t('list.remove', { n: number })} title={t('list.remove', { n: number })}>
        ✕
      </Button>
    </li>
  )
}

interface Props {
  readonly entity: EntityDescriptor
  readonly match: readonly Test[]
  readonly onMatch: (match: Test[]) => void
}

export function Conditions({ entity, match, onMatch }: Props) {
  const { t } = useTranslation('life')
  const fields = filterable(entity.fields)
  const [rows, setRows] = useState<readonly Condition[]>(() =>
    match.length ? match.map((test) => conditionOf(test, entity.fields, newKey())) : fields[0] ? [begun(fields, fields[0].key, newKey())] : [],
  )
  const [isTried, setTried] = useState(false)
  if (fields.length === 0) return <p className="muted">{t('list.noField')}</p>
  const apply = () => {
    const tests = rows.map((row) => testOf(row, entity.fields))
    setTried(true)
    if (tests.every((test) => test !== null)) onMatch(tests)
  }
  return (
    <form
      className={styles.conditions}
      onSubmit={(event) => {
        event.preventDefault()
        apply()
      }}
    >
      {rows.length > 1 && <p className="small muted">{t('list.and')}</p>}
      <ul>
        {rows.map((row, at) => (
          <ConditionRow
            key={row.id}
            condition={row}
            fields={fields}
            number={at + 1}
            isTried={isTried}
            onChange={(next) => setRows(rows.map((one) => (one.id === row.id ? next : one)))}
            onRemove={() => setRows(rows.filter((one) => one.id !== row.id))}
          />
        ))}
      </ul>
      <p className={styles.bar}>
        <Button type="primary" htmlType="submit">
          {t('list.apply')}
        </Button>
        <Button onClick={() => fields[0] && setRows([...rows, begun(fields, fields[0].key, newKey())])}>{t('list.add')}</Button>
        <Button
          type="text"
          onClick={() => {
            setRows([])
            onMatch([])
          }}
        >
          {t('list.clear')}
        </Button>
      </p>
    </form>
  )
}
