// An XLSForm becomes a kind of record with its form: send it, look at what it becomes, keep it as drafts.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Input, Modal } from 'antd'
import { useState } from 'react'
import { useTranslation } from '../../i18n/useTranslation'
import '../../i18n/change'
import { api } from '../../api/client'
import { call } from '../../api/problem'
import type { Text, XlsFormPreview, XlsFormWanted } from '../../api/types'
import type { Uploaded } from '../../form/files/upload'
import { label } from '../../i18n/label'
import { FileDrop } from '../../parts/FileDrop'
import { Refused } from '../../parts/Refused'
import { Loading } from '../../parts/States'
import styles from './Definitions.module.css'
import { LeftOutList } from './LeftOutList'
import { useNames } from './names'
import { draftsQuery } from './queries'

const KEY = /^[a-z][a-z0-9_]{0,39}$/

function Becomes({ preview }: { preview: XlsFormPreview }) {
  const { t } = useTranslation('change')
  const { kindName } = useNames()
  return (
    <>
      <div data-testid="becomes">
        <p>
          <strong>{t('xlsform.makes')}</strong>
        </p>
        <ul>
          {preview.documents.map((document, at) => (
            <li key={at}>
              {kindName(String(document['kind']))} {label(document['label'] as Text | undefined, '')} <code className="small muted">{String(document['key'])}</code>
              {Array.isArray(document['fields']) && <span className="small muted num"> · {t('xlsform.fields', { count: document['fields'].length })}</span>}
            </li>
          ))}
        </ul>
      </div>
      {preview.left_out.length === 0 ? (
        <p className="muted">{t('xlsform.nothingLeft')}</p>
      ) : (
        <div className={styles.amber} data-testid="left-out">
          <p>{t('xlsform.left')}</p>
          <LeftOutList left={preview.left_out} />
        </div>
      )}
    </>
  )
}

function Naming({ file, onMade, onAnother }: { file: Uploaded; onMade: () => void; onAnother: () => void }) {
  const { t } = useTranslation('change')
  const { t: life } = useTranslation('life')
  const client = useQueryClient()
  const [pack, setPack] = useState('local')
  const [key, setKey] = useState('')
  const isNamed = KEY.test(pack) && (key === '' || KEY.test(key))
  const wanted: XlsFormWanted = { file: file.uid, pack, ...(key ? { key } : {}) }
  const preview = useQuery({
    queryKey: ['xlsform', wanted],
    queryFn: () => call(api.POST('/definitions/from-xlsform/preview', { body: wanted })),
    enabled: isNamed,
    placeholderData: (before) => before,
    retry: false,
  })
  const make = useMutation({
    mutationFn: () => call(api.POST('/definitions/from-xlsform', { body: wanted })),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: draftsQuery.queryKey })
      onMade()
    },
  })
  const named = (id: string, value: string, words: string, put: (text: string) => void) => (
    <div className={styles.field}>
      <label htmlFor={id}>{words}</label>
      <Input
        id={id}
        value={value}
        maxLength={40}
        placeholder={t('sheet.keyHint')}
        onChange={(event) => put(event.target.value)}
        {...(value && !KEY.test(value) ? { status: 'error' as const } : {})}
      />
    </div>
  )
  return (
    <div className={styles.form}>
      <p className="muted">{file.name}</p>
      <div className={styles.row}>
        {named('xlsform-pack', pack, t('sheet.pack'), setPack)}
        {named('xlsform-key', key, t('xlsform.key'), setKey)}
      </div>
      {!isNamed && <p role="alert">{t('sheet.badKey')}</p>}
      {preview.data && !preview.error && <Becomes preview={preview.data} />}
      {isNamed && preview.isPending && <Loading rows={3} />}
      <Refused error={preview.error ?? make.error} />
      <p className={styles.bar}>
        <Button type="primary" disabled={!isNamed || !preview.data || preview.isFetching || preview.error !== null} loading={make.isPending} onClick={() => make.mutate()}>
          {t('xlsform.draft')}
        </Button>
        <Button type="link" onClick={onAnother}>
          {life('imports.another')}
        </Button>
      </p>
    </div>
  )
}

export default function XlsFormWizard({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation('change')
  const [file, setFile] = useState<Uploaded | null>(null)
  const [isMade, setMade] = useState(false)
  return (
    <Modal open onCancel={onClose} footer={null} width={680} mask={{ closable: false }} title={t('xlsform.title')}>
      <div className={styles.form}>
        {isMade ? (
          <>
            <p role="status">{t('xlsform.done')}</p>
            <p>
              <Button type="primary" onClick={onClose}>
                {t('close', { ns: 'common' })}
              </Button>
            </p>
          </>
        ) : (
          <>
            <p className="muted">{t('xlsform.intro')}</p>
            {file ? (
              <Naming file={file} onMade={() => setMade(true)} onAnother={() => setFile(null)} />
            ) : (
              <FileDrop accept=".xlsx" hint={t('xlsform.hint')} onFile={setFile} />
            )}
          </>
        )}
      </div>
    </Modal>
  )
}
