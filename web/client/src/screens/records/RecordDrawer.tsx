// One record beside the list: its content, its history, and what I may do with it.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { App, Button, Drawer, Tabs } from 'antd'
import { lazy, Suspense, useState, type ReactNode } from 'react'
import { useTranslation } from '../../i18n/useTranslation'
import '../../i18n/people'
import { api } from '../../api/client'
import { itemsOf } from '../../api/list'
import { ApiProblem, call } from '../../api/problem'
import { entitiesQuery, recordQuery } from '../../api/queries'
import type { EntityDescriptor, FieldDescriptor, RecordItem, TreeNode, WireRow } from '../../api/types'
import { addressOf } from '../../form/files/upload'
import { isFile } from '../../form/model/values'
import { formatDateTime } from '../../format/time'
import { label } from '../../i18n/label'
import { OriginBadge } from '../../parts/Badge'
import { Loaded } from '../../parts/States'
import { showValue } from '../../parts/value'
import { useIsAdmin } from '../../shell/session'
import { Access } from './Access'
import { Comments } from './Comments'
import { Masked } from './Masked'
import { RecordEditor } from './RecordEditor'
import { RecordHistory } from './RecordHistory'
import styles from './Records.module.css'
import { TreeView } from './TreeView'

const Leaving = lazy(() => import('../people/Leaving'))
const PersonalData = lazy(() => import('../people/PersonalData'))

function ChildRows({ field, rows, names }: { field: FieldDescriptor; rows: readonly WireRow[]; names: RecordItem['display_values'] }) {
  const columns = field.columns ?? []
  return (
    <div className={styles.childScroll}>
      <table className={styles.child}>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.key}>{label(column.label, column.key)}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={index}>
              {columns.map((column) => (
                <td key={column.key} className="num">
                  {showValue(row[column.key], column, names?.[`${field.key}.${index}.${column.key}`])}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function FieldValue({ field, record, onWhy }: { field: FieldDescriptor; record: RecordItem; onWhy: () => void }) {
  const value = record.values[field.key]
  if (field.masked) return <Masked value={value} onWhy={onWhy} />
  if (field.type === 'tree' && Array.isArray(value)) return <TreeView nodes={value as TreeNode[]} />
  if (field.type === 'child_table' && Array.isArray(value) && value.length > 0 && field.columns?.length)
    return <ChildRows field={field} rows={value as WireRow[]} names={record.display_values} />
  const text = showValue(value, field, record.display_values?.[field.key])
  if (isFile(field.type) && typeof value === 'string')
    return (
      <a href={addressOf(value)} target="_blank" rel="noreferrer" className={styles.file}>
        {field.type !== 'file' && <img src={addressOf(value)} alt="" className={styles.picture} />}
        {text}
      </a>
    )
  return <span className="num">{text}</span>
}

function Content({ entity, record, onWhy }: { entity: EntityDescriptor; record: RecordItem; onWhy: () => void }) {
  return (
    <dl className={styles.values}>
      {entity.fields
        .filter((field) => !field.hidden)
        .map((field) => (
          <div key={field.key}>
            <dt>{label(field.label, field.key)}</dt>
            <dd>
              <FieldValue field={field} record={record} onWhy={onWhy} />
            </dd>
          </div>
        ))}
    </dl>
  )
}

function useRemove(entity: EntityDescriptor, record: RecordItem | undefined, onGone: () => void) {
  const { t } = useTranslation('records')
  const { modal, message } = App.useApp()
  const client = useQueryClient()
  const remove = useMutation({
    mutationFn: () =>
      call(api.DELETE('/entities/{name}/records/{uid}', { params: { path: { name: entity.name, uid: record?.uid ?? '' } } })),
    onSuccess: () => {
      void message.success(t('deleted'))
      for (const root of ['records', 'count', 'trash']) void client.invalidateQueries({ queryKey: [root, entity.name] })
      onGone()
    },
    onError: (error) => void message.error(error instanceof ApiProblem && error.title ? error.title : t('failedServer', { ns: 'common' })),
  })
  return () =>
    modal.confirm({
      title: t('deleteTitle', { name: record?.display ?? '' }),
      content: t('deleteText', { entity: label(entity.label) }),
      okText: t('delete'),
      okButtonProps: { danger: true },
      onOk: () => remove.mutateAsync().catch(() => undefined),
    })
}

/** A person stands somewhere and may leave; what is recorded about one is exported and erased. */
function usePersonTabs(entity: EntityDescriptor, person: RecordItem | undefined, canUpdate: boolean) {
  const { t } = useTranslation('people')
  const isAdmin = useIsAdmin()
  if (entity.name !== 'person' || !person) return []
  const tab = (key: string, words: string, content: ReactNode) => ({ key, label: words, children: <Suspense>{content}</Suspense> })
  return [
    ...(canUpdate ? [tab('leaving', t('leaving.tab'), <Leaving person={person} />)] : []),
    ...(isAdmin ? [tab('data', t('data.tab'), <PersonalData person={person} />)] : []),
  ]
}

export function RecordDrawer({ entity, uid, onClose }: { entity: EntityDescriptor; uid: string; onClose: () => void }) {
  const { t } = useTranslation('records')
  const { t: life } = useTranslation('life')
  const query = useQuery(recordQuery(entity.name, uid))
  const listed = itemsOf(useQuery(entitiesQuery).data).find((one) => one.name === entity.name)
  const [isEditing, setEditing] = useState(false)
  const [tab, setTab] = useState('fields')
  const record = query.data
  const remove = useRemove(entity, record, onClose)
  const can = entity.can ?? listed?.can ?? {}
  const personTabs = usePersonTabs(entity, record, can['update'] === true)
  const tabs = [
    { key: 'fields', label: t('fields'), children: <Loaded query={query}>{(data) => <Content entity={entity} record={data} onWhy={() => setTab('access')} />}</Loaded> },
    {
      key: 'history',
      label: t('history'),
      children: entity.log ? (
        <p className="muted">{t('log')}</p>
      ) : (
        <RecordHistory entity={entity} uid={uid} current={record?.version ?? null} canRestore={can['update'] === true && !entity.system} />
      ),
    },
    ...(entity.system ? [] : [{ key: 'comments', label: life('comments.title'), children: <Comments entity={entity.name} uid={uid} /> }]),
    { key: 'access', label: life('access.title'), children: <Access entity={entity.name} uid={uid} /> },
    ...personTabs,
  ]
  return (
    <Drawer
      open
      onClose={onClose}
      size={640}
      title={record?.display ?? ''}
      extra={
        record && (
          <span className={styles.actions}>
            {can['delete'] && (
              <Button danger onClick={() => void remove()}>
                {t('delete')}
              </Button>
            )}
            {can['update'] && !entity.log && (
              <Button type="primary" onClick={() => setEditing(true)}>
                {t('edit')}
              </Button>
            )}
          </span>
        )
      }
    >
      {record && (
        <p className={styles.stamp}>
          <span className="small muted num">
            {t('version', { n: record.version })}
            {record.updated_at && ` · ${formatDateTime(record.updated_at)}`}
            {record.updated_by && ` · ${record.updated_by}`}
          </span>
          {record.origin && <OriginBadge origin={record.origin} />}
        </p>
      )}
      <Tabs className={styles.tabs ?? ''} items={tabs} activeKey={tab} onChange={setTab} destroyOnHidden />
      {isEditing && record && <RecordEditor entity={entity} record={record} onClose={() => setEditing(false)} />}
    </Drawer>
  )
}
