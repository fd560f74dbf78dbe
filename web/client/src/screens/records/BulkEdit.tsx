// Changes many records at once: choose fields and values, see the effect, do it, undo it.
import { useMutation } from '@tanstack/react-query'
import { Button, Modal, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from '../../i18n/useTranslation'
import '../../i18n/life'
import { api } from '../../api/client'
import { newKey } from '../../api/keys'
import { call } from '../../api/problem'
import type { BulkPreview, Chosen, EntityDescriptor, FieldDescriptor, LongWork, Wire } from '../../api/types'
import { isFillable } from '../../form/model/rules'
import { isBlank, isFile, readInput, type Input } from '../../form/model/values'
import { wordsOf } from '../../form/words'
import { label } from '../../i18n/label'
import { Refused } from '../../parts/Refused'
import styles from './Lists.module.css'
import { ValueInput } from './ValueInput'
import { WorkProgress } from './WorkProgress'

const ONE_BY_ONE = new Set(['child_table', 'tree', 'sequence', 'incoming']) // not the same for many records

interface Change {
  readonly id: string
  readonly key: string
  readonly input: Input
}

const changeable = (entity: EntityDescriptor) =>
  entity.fields.filter((field) => isFillable(field) && field.writable !== false && !field.masked && !ONE_BY_ONE.has(field.type) && !isFile(field.type))

function valuesOf(changes: readonly Change[], fields: readonly FieldDescriptor[]) {
  const values: Record<string, Wire> = {}
  const wrong = new Set<string>()
  for (const change of changes) {
    const field = fields.find((one) => one.key === change.key)
    const reading = field ? readInput(field, change.input) : { wire: null }
    if ('wire' in reading) values[change.key] = reading.wire
    else wrong.add(change.id)
  }
  return { values, wrong }
}

function Effect({ preview }: { preview: BulkPreview }) {
  const { t } = useTranslation('life')
  const unnamed = preview.refused - preview.rows.length
  return (
    <div className={styles.effect} role="status">
      <p>
        <strong className="num">{preview.would_change ? t('bulk.would', { count: preview.would_change }) : t('bulk.nothing')}</strong>
      </p>
      {preview.unchanged > 0 && <p className="muted num">{t('bulk.unchanged', { count: preview.unchanged })}</p>}
      {preview.refused > 0 && (
        <>
          <p className="num">{t('bulk.refused', { count: preview.refused })}</p>
          <ul className="small muted">
            {preview.rows.map((row) => (
              <li key={row.uid}>
                {row.display}：{row.reason}
              </li>
            ))}
            {unnamed > 0 && <li className="num">{t('bulk.more', { count: unnamed })}</li>}
          </ul>
        </>
      )}
      {preview.is_partial && <p className="muted num">{t('bulk.judged', { count: preview.judged })}</p>}
    </div>
  )
}

interface RowProps {
  readonly change: Change
  readonly fields: readonly FieldDescriptor[]
  readonly isTried: boolean
  readonly onChange: (change: Change) => void
  readonly onRemove: (() => void) | null
}

function ChangeRow({ change, fields, isTried, onChange, onRemove }: RowProps) {
  const { t } = useTranslation('life')
  const { t: form } = useTranslation('form')
  const field = fields.find((one) => one.key === change.key)
  const reading = field && !isBlank(change.input) ? readInput(field, change.input) : null
  const complaint = field && isTried && reading && 'complaint' in reading ? wordsOf({ path: field.key, field, complaint: reading.complaint }, form) : null
  return (
    <div>
      <div className={styles.change}>
        <div className={styles.field}>
          <label htmlFor={`${change.id}-field`}>{t('bulk.field')}</label>
          <Select
            id={`${change.id}-field`}
            value={change.key || null}
            showSearch={{ optionFilterProp: 'label' }}
            options={fields.map((one) => ({ value: one.key, label: label(one.label, one.key) }))}
            onChange={(key: string) => onChange({ ...change, key, input: null })}
          />
        </div>
        <div className={styles.field}>
          <span className={styles.name}>{t('bulk.value')}</span>
          {field && <ValueInput id={`${change.id}-value`} field={field} input={change.input} onInput={(input) => onChange({ ...change, input })} label={t('bulk.value')} invalid={complaint !== null} />}
        </div>
        {onRemove && (
          <Button type="text" onClick={onRemove} aria-label={t('list.remove', { n: label(field?.label, '') })}>
            ✕
          </Button>
        )}
      </div>
      {complaint && (
        <p className="small" role="alert">
          {complaint}
        </p>
      )}
    </div>
  )
}

interface Props {
  readonly entity: EntityDescriptor
  readonly chosen: Chosen
  readonly count: number
  readonly onClose: () => void
}

export default function BulkEdit({ entity, chosen, count, onClose }: Props) {
  const { t } = useTranslation('life')
  const fields = changeable(entity)
  const [changes, setChanges] = useState<readonly Change[]>(() => [{ id: newKey(), key: fields[0]?.key ?? '', input: null }])
  const [isTried, setTried] = useState(false)
  const [work, setWork] = useState<LongWork | null>(null)
  const { values, wrong } = valuesOf(changes, fields)
  const body = { ...chosen, values }
  const path = { params: { path: { name: entity.name } }, body }
  const preview = useMutation({ mutationFn: () => call(api.POST('/entities/{name}/bulk/preview', path)) })
  const start = useMutation({ mutationFn: () => call(api.POST('/entities/{name}/bulk', path)), onSuccess: setWork })
  const change = (next: readonly Change[]) => {
    preview.reset()
    setChanges(next)
  }
  const isSeen = preview.data !== undefined
  return (
    <Modal
      open
      onCancel={onClose}
      footer={null}
      width={640}
      mask={{ closable: false }}
      title={`${t('bulk.title')} · ${t('list.selected', { count })}`}
    >
      {work ? (
        <WorkProgress key={work.uid} first={work} onNext={setWork} />
      ) : (
        <div className={styles.form}>
          <p className="muted">{t('bulk.intro')}</p>
          {changes.map((one) => (
            <ChangeRow
              key={one.id}
              change={one}
              fields={fields.filter((field) => field.key === one.key || !changes.some((other) => other.key === field.key))}
              isTried={isTried}
              onChange={(next) => change(changes.map((each) => (each.id === one.id ? next : each)))}
              onRemove={changes.length > 1 ? () => change(changes.filter((each) => each.id !== one.id)) : null}
            />
          ))}
          <p className={styles.bar}>
            <Button
              type="dashed"
              onClick={() => {
                const free = fields.find((field) => !changes.some((one) => one.key === field.key))
                if (free) change([...changes, { id: newKey(), key: free.key, input: null }])
              }}
            >
              {t('bulk.addField')}
            </Button>
            <span className="small muted">{t('bulk.blankNote')}</span>
          </p>
          {preview.data && <Effect preview={preview.data} />}
          <Refused error={preview.error ?? start.error} />
          <p className={styles.bar}>
            {isSeen && preview.data && preview.data.would_change > 0 ? (
              <Button type="primary" loading={start.isPending} onClick={() => start.mutate()}>
                {t('bulk.start', { count: preview.data.would_change })}
              </Button>
            ) : (
              <Button
                type="primary"
                loading={preview.isPending}
                onClick={() => {
                  setTried(true)
                  if (wrong.size === 0) preview.mutate()
                }}
              >
                {t('bulk.preview')}
              </Button>
            )}
            <Button onClick={onClose}>{t('cancel', { ns: 'common' })}</Button>
          </p>
        </div>
      )}
    </Modal>
  )
}
