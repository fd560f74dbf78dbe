// A table becomes a kind of record with its form: send it, look at the guesses, make it.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Checkbox, Input, Modal, Select } from 'antd'
import { useState } from 'react'
import { Link } from 'react-router'
import { useTranslation } from '../../i18n/useTranslation'
import '../../i18n/change'
import { api } from '../../api/client'
import { call } from '../../api/problem'
import type { LongWork, SheetColumn, SheetWanted } from '../../api/types'
import type { Uploaded } from '../../form/files/upload'
import { FileDrop } from '../../parts/FileDrop'
import { Refused } from '../../parts/Refused'
import { Loaded } from '../../parts/States'
import { TABLES } from '../records/ImportDialog'
import { WorkProgress } from '../records/WorkProgress'
import styles from './Definitions.module.css'
import { useNames } from './names'

const KEY = /^[a-z][a-z0-9_]{0,39}$/
const TYPES = ['text', 'long_text', 'integer', 'decimal', 'percent', 'date', 'datetime', 'boolean', 'choice']

interface Made {
  readonly entity: string
  readonly isPublished: boolean
  readonly work: LongWork | null
}

function Columns({ columns, types, onTypes }: { columns: readonly SheetColumn[]; types: Readonly<Record<string, string>>; onTypes: (types: Record<string, string>) => void }) {
  const { t } = useTranslation('change')
  const { typeName } = useNames()
  return (
    <div className={styles.scroll} tabIndex={0} role="region" aria-label={t('sheet.column')}>
      <table className={styles.grid}>
        <thead>
          <tr>
            <th scope="col">{t('sheet.column')}</th>
            <th scope="col">{t('sheet.type')}</th>
          </tr>
        </thead>
        <tbody>
          {columns.map((column) => (
            <tr key={column.key}>
              <td>
                {column.title}
                <div className="small muted">{column.samples.slice(0, 3).join('，')}</div>
              </td>
              <td>
                <Select
                  aria-label={`${column.title} ${t('sheet.type')}`}
                  style={{ width: 140 }}
                  value={types[column.title] ?? column.type}
                  options={TYPES.map((one) => ({ value: one, label: typeName(one) }))}
                  onChange={(type: string) => onTypes({ ...types, [column.title]: type })}
                />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** Drafts, published at once, and the rows taken in when that is wanted. */
function useMaking(wanted: SheetWanted, onMade: (made: Made) => void) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: async ({ publishes, imports }: { publishes: boolean; imports: boolean }): Promise<Made> => {
      const entity = `${wanted.pack}.${wanted.key}`
      const made = await call(api.POST('/definitions/from-table', { body: wanted }))
      if (!publishes) return { entity, isPublished: false, work: null }
      const names = made.drafts.map((one) => `${one.kind} ${one.name}`)
      await call(api.POST('/definitions/drafts/publish', { body: { names, note: wanted.label } }))
      if (!imports) return { entity, isPublished: true, work: null }
      const mapping = Object.fromEntries(made.columns.map((column) => [column.title, column.key]))
      const body = { file: wanted.file, mapping, ...(wanted.sheet ? { sheet: wanted.sheet } : {}) }
      const work = await call(api.POST('/entities/{name}/imports', { params: { path: { name: entity } }, body }))
      return { entity, isPublished: true, work }
    },
    onSuccess: onMade,
    onSettled: () => void client.invalidateQueries({ predicate: (query) => query.queryKey[0] !== 'session' }),
  })
}

function Naming({ file, onMade }: { file: Uploaded; onMade: (made: Made, label: string) => void }) {
  const { t } = useTranslation('change')
  const [label, setLabel] = useState(file.name.replace(/\.[^.]*$/, ''))
  const [key, setKey] = useState('')
  const [pack, setPack] = useState('local')
  const [types, setTypes] = useState<Record<string, string>>({})
  const [imports, setImports] = useState(true)
  const isNamed = label.trim() !== '' && KEY.test(key) && KEY.test(pack)
  const wanted: SheetWanted = { file: file.uid, pack, key, label: label.trim(), types }
  const shown = { ...wanted, key: KEY.test(key) ? key : 'new_entity', pack: KEY.test(pack) ? pack : 'local', label: label.trim() || 'x' }
  const preview = useQuery({
    queryKey: ['sheet', shown],
    queryFn: () => call(api.POST('/definitions/from-table/preview', { body: shown })),
    placeholderData: (before) => before,
    retry: false,
  })
  const make = useMaking(wanted, (made) => onMade(made, label))
  const problems = preview.data?.problems ?? []
  const can = isNamed && problems.length === 0 && !preview.isFetching
  return (
    <div className={styles.form}>
      <div className={styles.field}>
        <label htmlFor="sheet-label">{t('sheet.label')}</label>
        <Input id="sheet-label" value={label} maxLength={100} placeholder={t('sheet.labelHint')} onChange={(event) => setLabel(event.target.value)} />
      </div>
      <div className={styles.row}>
        <div className={styles.field}>
          <label htmlFor="sheet-key">{t('sheet.key')}</label>
          <Input
            id="sheet-key"
            value={key}
            maxLength={40}
            autoFocus
            placeholder={t('sheet.keyHint')}
            onChange={(event) => setKey(event.target.value)}
            aria-describedby="sheet-key-wrong"
            {...(key && !KEY.test(key) ? { status: 'error' as const } : {})}
          />
          {key && !KEY.test(key) && (
            <p className="small" role="alert" id="sheet-key-wrong">
              {t('sheet.badKey')}
            </p>
          )}
        </div>
        <div className={styles.field}>
          <label htmlFor="sheet-pack">{t('sheet.pack')}</label>
          <Input id="sheet-pack" value={pack} maxLength={40} onChange={(event) => setPack(event.target.value)} />
        </div>
      </div>
      <Loaded query={preview} rows={4}>
        {(found) => <Columns columns={found.columns} types={types} onTypes={setTypes} />}
      </Loaded>
      {isNamed && problems.length > 0 && (
        <div className={styles.red} role="alert">
          <p>{t('sheet.wrong')}</p>
          <ul>
            {problems.map((problem, at) => (
              <li key={at}>{problem.message}</li>
            ))}
          </ul>
        </div>
      )}
      <Checkbox checked={imports} onChange={(event) => setImports(event.target.checked)}>
        {t('sheet.import')}
      </Checkbox>
      <Refused error={make.error} />
      <p className={styles.bar}>
        <Button type="primary" disabled={!can} loading={make.isPending} onClick={() => make.mutate({ publishes: true, imports })}>
          {t('sheet.create')}
        </Button>
        <Button disabled={!can || make.isPending} onClick={() => make.mutate({ publishes: false, imports: false })}>
          {t('sheet.draft')}
        </Button>
      </p>
    </div>
  )
}

export default function SheetWizard({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation('change')
  const { t: life } = useTranslation('life')
  const [file, setFile] = useState<Uploaded | null>(null)
  const [made, setMade] = useState<(Made & { label: string }) | null>(null)
  return (
    <Modal open onCancel={onClose} footer={null} width={680} mask={{ closable: false }} title={t('sheet.title')}>
      {made ? (
        <div className={styles.form}>
          <p role="status">{made.isPublished ? t('sheet.done', { name: made.label }) : t('sheet.drafted')}</p>
          {made.work && (
            <>
              <p>{t('sheet.imported')}</p>
              <WorkProgress first={made.work} />
            </>
          )}
          <p className={styles.bar}>
            {made.isPublished ? (
              <Link to={`/records/${made.entity}`}>{t('sheet.open2')}</Link>
            ) : (
              <Button type="primary" onClick={onClose}>
                {t('close', { ns: 'common' })}
              </Button>
            )}
          </p>
        </div>
      ) : (
        <div className={styles.form}>
          <p className="muted">{t('sheet.intro')}</p>
          {file ? (
            <Naming file={file} onMade={(done, label) => setMade({ ...done, label })} />
          ) : (
            <FileDrop accept={TABLES} hint={life('imports.hint')} onFile={setFile} />
          )}
        </div>
      )}
    </Modal>
  )
}
