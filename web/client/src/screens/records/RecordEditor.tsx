// Creates or changes a record through its form, or through all its fields when it has none.
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { App, Modal, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from '../../i18n/useTranslation'
import { api } from '../../api/client'
import { call } from '../../api/problem'
import { formQuery } from '../../api/queries'
import type { EntityDescriptor, FormDescriptor, RecordItem, Wire } from '../../api/types'
import { DeskForm } from '../../form/desk/DeskForm'
import { isFillable } from '../../form/model/rules'
import { judge } from '../../form/model/validate'
import { inputsOf } from '../../form/model/values'
import { useForm } from '../../form/useForm'
import { label } from '../../i18n/label'
import { Loaded } from '../../parts/States'
import { useSession } from '../../shell/session'
import styles from './Records.module.css'

interface Props {
  readonly entity: EntityDescriptor
  readonly record: RecordItem | null
  readonly onClose: () => void
}

/** The form with what the reader may do to each field of a record that is there. */
function withRights(form: FormDescriptor, entity: EntityDescriptor): FormDescriptor {
  const rights = new Map(entity.fields.map(({ key, masked, writable }) => [key, { masked, writable }]))
  return { ...form, fields: form.fields.map((field) => ({ ...field, ...rights.get(field.key) })) }
}

/** A plain form of every field, for entities without a form of their own. */
function plainForm(entity: EntityDescriptor, isNew: boolean): FormDescriptor {
  return { name: entity.name, label: entity.label, entity: entity.name, fields: entity.fields.filter(isFillable).map((field) => (isNew ? { ...field, masked: false, writable: true } : field)) }
}

/** What differs from what the form began with: an input that shows less than is stored must not cut it. */
function changedOnly(form: FormDescriptor, record: RecordItem, values: Record<string, Wire>): Record<string, Wire> {
  const before = judge(form, startOf(form, record)).wire
  return Object.fromEntries(Object.entries(values).filter(([key, value]) => JSON.stringify(value) !== JSON.stringify(before[key] ?? null)))
}

/** Inputs of what the reader sees; of a masked field there is nothing to show. */
function startOf(form: FormDescriptor, record: RecordItem) {
  const masked = form.fields.filter((field) => field.masked).map((field) => [field.key, null] as const)
  return inputsOf(form.fields, { ...record.values, ...Object.fromEntries(masked) }, record.display_values ?? {})
}

async function save(
  entity: EntityDescriptor,
  form: FormDescriptor,
  record: RecordItem | null,
  values: Record<string, Wire>,
  key: string,
): Promise<unknown> {
  if (record) {
    const by = form.name === entity.name ? {} : { form: form.name } // whose rules hold
    const body = { values: changedOnly(form, record, values), base_version: record.version, ...by }
    return call(api.PATCH('/entities/{name}/records/{uid}', { params: { path: { name: entity.name, uid: record.uid } }, body }))
  }
  if (form.name !== entity.name)
    return call(api.POST('/forms/{name}/submissions', { params: { path: { name: form.name } }, body: { key, values } }))
  return call(api.POST('/entities/{name}/records', { params: { path: { name: entity.name } }, body: { values, key } }))
}

function Editing({ entity, record, form, onClose }: Props & { form: FormDescriptor }) {
  const { t } = useTranslation('records')
  const { message } = App.useApp()
  const client = useQueryClient()
  const session = useSession().data
  const filling = useForm<unknown>(form, {
    ...(record ? { start: startOf(form, record) } : {}),
    ...(session ? { draft: { owner: session.account.login, form: form.name, ...(record ? { record: record.uid, recordVersion: record.version } : {}) } } : {}),
    send: (values, key, seen) => save(entity, form, record && { ...record, version: seen ?? record.version }, values, key),
    onSent: () => {
      void message.success(
        t('saved', { at: new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(Date.now()) }),
      )
      for (const root of ['records', 'record', 'history']) void client.invalidateQueries({ queryKey: [root, entity.name] })
      void client.invalidateQueries({ queryKey: ['entities'] })
      onClose()
    },
  })
  return <DeskForm filling={filling} submitLabel={t('save', { ns: 'common' })} onCancel={onClose} />
}

function WithForm({ formName, ...props }: Props & { formName: string }) {
  const query = useQuery(formQuery(formName))
  return <Loaded query={query}>{(form) => <Editing {...props} form={props.record ? withRights(form as FormDescriptor, props.entity) : (form as FormDescriptor)} />}</Loaded>
}

export function RecordEditor(props: Props) {
  const { t } = useTranslation('records')
  const { entity, record, onClose } = props
  // a form is for those who may create; who may only change has the fields themselves
  const forms = entity.can?.['create'] === false ? [] : (entity.forms ?? [])
  const [chosen, setChosen] = useState(forms[0] ?? null)
  return (
    <Modal
      open
      onCancel={onClose}
      footer={null}
      width={760}
      title={record ? t('editTitle', { name: record.display }) : t('createTitle', { entity: label(entity.label) })}
      mask={{ closable: false }}
    >
      {forms.length > 1 && (
        <Select
          className={styles.formChoice ?? ''}
          value={chosen}
          onChange={setChosen}
          options={forms.map((form) => ({ value: form, label: form }))}
          aria-label={t('chooseForm')}
        />
      )}
      {chosen ? <WithForm key={chosen} {...props} formName={chosen} /> : <Editing {...props} form={plainForm(entity, record === null)} />}
    </Modal>
  )
}
