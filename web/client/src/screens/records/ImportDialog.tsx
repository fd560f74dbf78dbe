// Takes a file of records in: choose it, match its columns, try it, write it.
import { useMutation, useQuery } from '@tanstack/react-query'
import { Button, Modal, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from '../../i18n/useTranslation'
import '../../i18n/life'
import { api } from '../../api/client'
import { call } from '../../api/problem'
import type { EntityDescriptor, ImportPreview, LongWork } from '../../api/types'
import type { Uploaded } from '../../form/files/upload'
import { label } from '../../i18n/label'
import { FileDrop } from '../../parts/FileDrop'
import { Refused } from '../../parts/Refused'
import { Loaded } from '../../parts/States'
import styles from './Lists.module.css'
import { WorkProgress } from './WorkProgress'

export const TABLES = '.xlsx,.csv'
const NEW = ''

interface MappingProps {
  readonly preview: ImportPreview
  readonly mapping: Readonly<Record<string, string>>
  readonly onChange: (mapping: Record<string, string>) => void
}

function Mapping({ preview, mapping, onChange }: MappingProps) {
  const { t } = useTranslation('life')
  const options = [
    { value: '', label: t('imports.skip') },
    ...preview.fields.map((field) => ({ value: field.key, label: `${label(field.label, field.key)}${field.required ? ` (${t('imports.required')})` : ''}` })),
  ]
  return (
    <div className={styles.scroll} tabIndex={0} role="region" aria-label={t('imports.column')}>
      <table className={styles.grid}>
        <thead>
          <tr>
            <th scope="col">{t('imports.column')}</th>
            <th scope="col">{t('imports.to')}</th>
          </tr>
        </thead>
        <tbody>
          {preview.columns.map((column) => (
            <tr key={column.title}>
              <td>
                {column.title}
                <div className={styles.sample}>{column.samples.join('，')}</div>
              </td>
              <td>
                <Select
                  aria-label={`${column.title} ${t('imports.to')}`}
                  style={{ width: '100%', minWidth: 140 }}
                  value={mapping[column.title] ?? ''}
                  options={options}
                  showSearch={{ optionFilterProp: 'label' }}
                  onChange={(key: string) => onChange({ ...mapping, [column.title]: key })}
                />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** What stands against starting: required fields without a column, a field with two. */
function useObstacle(preview: ImportPreview, mapping: Readonly<Record<string, string>>, isUpdating: boolean): string | null {
  const { t } = useTranslation('life')
  const used = Object.values(mapping).filter(Boolean)
  const twice = used.find((key, at) => used.indexOf(key) !== at)
  const nameOf = (key: string) => label(preview.fields.find((field) => field.key === key)?.label, key)
  if (twice) return t('imports.twice', { name: nameOf(twice) })
  const missing = preview.fields.filter((field) => field.required && !used.includes(field.key))
  if (missing.length && !isUpdating) return t('imports.missing', { names: missing.map((field) => nameOf(field.key)).join('、') })
  return null
}

interface MatchingProps {
  readonly entity: EntityDescriptor
  readonly file: Uploaded
  readonly preview: ImportPreview
  readonly sheet: string | undefined
  readonly onSheet: (sheet: string) => void
  readonly onStart: (work: LongWork, isDry: boolean) => void
}

function Matching({ entity, file, preview, sheet, onSheet, onStart }: MatchingProps) {
  const { t } = useTranslation('life')
  const forms = entity.forms ?? []
  const [mapping, setMapping] = useState<Record<string, string>>(() => Object.fromEntries(preview.columns.map((column) => [column.title, column.field ?? ''])))
  const [keys, setKeys] = useState(NEW)
  const [form, setForm] = useState(forms.length === 1 ? (forms[0] ?? NEW) : NEW)
  const obstacle = useObstacle(preview, mapping, keys !== NEW)
  const nameOf = (key: string) => label(preview.fields.find((field) => field.key === key)?.label, key)
  const start = useMutation({
    mutationFn: (dry_run: boolean) =>
      call(
        api.POST('/entities/{name}/imports', {
          params: { path: { name: entity.name } },
          body: {
            file: file.uid,
            mapping: Object.fromEntries(Object.entries(mapping).filter(([, key]) => key)),
            dry_run,
            ...(sheet ? { sheet } : {}),
            ...(keys ? { key: keys.split(' ') } : {}),
            ...(form ? { form } : {}),
          },
        }),
      ),
    onSuccess: (work, isDry) => onStart(work, isDry),
  })
  return (
    <div className={styles.form}>
      <p className="muted num">
        {file.name} · {t('imports.rows', { count: preview.rows })}
      </p>
      {preview.sheets.length > 1 && (
        <div className={styles.field}>
          <label htmlFor="import-sheet">{t('imports.sheet')}</label>
          <Select id="import-sheet" value={sheet ?? preview.sheets[0]} options={preview.sheets.map((name) => ({ value: name, label: name }))} onChange={onSheet} />
        </div>
      )}
      <Mapping preview={preview} mapping={mapping} onChange={setMapping} />
      {preview.keys.length > 0 && (
        <div className={styles.field}>
          <label htmlFor="import-key">{t('imports.key')}</label>
          <Select
            id="import-key"
            value={keys}
            onChange={setKeys}
            options={[
              { value: NEW, label: t('imports.keyNone') },
              ...preview.keys.map((key) => ({ value: key.join(' '), label: t('imports.keyBy', { names: key.map(nameOf).join('、') }) })),
            ]}
          />
        </div>
      )}
      {forms.length > 1 && (
        <div className={styles.field}>
          <label htmlFor="import-form">{t('imports.form')}</label>
          <Select
            id="import-form"
            value={form}
            onChange={setForm}
            options={[{ value: NEW, label: t('imports.formNone') }, ...forms.map((name) => ({ value: name, label: name }))]}
          />
        </div>
      )}
      {obstacle && <p role="alert">{obstacle}</p>}
      <Refused error={start.error} />
      <p className={styles.bar}>
        <Button type="primary" disabled={obstacle !== null} loading={start.isPending} onClick={() => start.mutate(true)}>
          {t('imports.check')}
        </Button>
        <Button disabled={obstacle !== null || start.isPending} onClick={() => start.mutate(false)}>
          {t('imports.start', { count: preview.rows })}
        </Button>
        <span className="small muted">{t('imports.checkHint')}</span>
      </p>
    </div>
  )
}

/** The words about a work that has ended. */
function Ended({ work, isDry }: { work: LongWork; isDry: boolean }) {
  const { t } = useTranslation('life')
  const good = work.total - work.refused
  if (work.state === 'cancelled') return <p>{isDry ? t('imports.triedStopped') : t('imports.stopped', { written: work.written })}</p>
  if (isDry) return <p>{work.refused ? t('imports.tried', { good, bad: work.refused }) : t('imports.triedGood', { good })}</p>
  return <p>{t('imports.done', { written: work.written, unchanged: work.unchanged, refused: work.refused })}</p>
}

export default function ImportDialog({ entity, onClose }: { entity: EntityDescriptor; onClose: () => void }) {
  const { t } = useTranslation('life')
  const [file, setFile] = useState<Uploaded | null>(null)
  const [sheet, setSheet] = useState<string | undefined>()
  const [begun, setBegun] = useState<{ work: LongWork; isDry: boolean } | null>(null)
  const [ended, setEnded] = useState<LongWork | null>(null)
  const preview = useQuery({
    queryKey: ['import', entity.name, file?.uid, sheet ?? ''],
    enabled: file !== null,
    retry: false,
    queryFn: () =>
      call(api.POST('/entities/{name}/imports/preview', { params: { path: { name: entity.name } }, body: { file: file?.uid ?? '', ...(sheet ? { sheet } : {}) } })),
  })
  const back = () => {
    setBegun(null)
    setEnded(null)
  }
  return (
    <Modal open onCancel={onClose} footer={null} width={680} mask={{ closable: false }} title={t('imports.title', { entity: label(entity.label, entity.name) })}>
      {!file && <FileDrop accept={TABLES} hint={t('imports.hint')} onFile={setFile} />}
      {file && (
        <div hidden={begun !== null}>
          <Loaded query={preview} rows={4}>
            {(found) => (
              <Matching
                key={sheet ?? ''}
                entity={entity}
                file={file}
                preview={found}
                sheet={sheet}
                onSheet={setSheet}
                onStart={(work, isDry) => setBegun({ work, isDry })}
              />
            )}
          </Loaded>
        </div>
      )}
      {begun && (
        <div className={styles.form}>
          <WorkProgress key={begun.work.uid} first={begun.work} isDry={begun.isDry} onEnd={setEnded} />
          {ended && <Ended work={ended} isDry={begun.isDry} />}
          {ended && (
            <p className={styles.bar}>
              {begun.isDry || ended.state === 'cancelled' ? (
                <Button type="primary" onClick={back}>
                  {t('back', { ns: 'common' })}
                </Button>
              ) : (
                <Button type="primary" onClick={onClose}>
                  {t('close', { ns: 'common' })}
                </Button>
              )}
            </p>
          )}
        </div>
      )}
      {file && !begun && (
        <p>
          <Button
            type="link"
            onClick={() => {
              setFile(null)
              setSheet(undefined)
            }}
          >
            {t('imports.another')}
          </Button>
        </p>
      )}
    </Modal>
  )
}
