// Everything recorded about one person: taken out as a ZIP, or erased after a look at what that is.
import { useMutation, useQuery } from '@tanstack/react-query'
import { Button, Input } from 'antd'
import { useState } from 'react'
import { useTranslation } from '../../i18n/useTranslation'
import '../../i18n/people'
import { api } from '../../api/client'
import { call } from '../../api/problem'
import { entityQuery } from '../../api/queries'
import type { ErasurePreview, LongWork, RecordItem } from '../../api/types'
import { label } from '../../i18n/label'
import { Refused } from '../../parts/Refused'
import { Loaded } from '../../parts/States'
import lists from '../records/Lists.module.css'
import { WorkProgress } from '../records/WorkProgress'
import styles from './People.module.css'
import { erasureQuery } from './queries'

function Exporting({ uid }: { uid: string }) {
  const { t } = useTranslation('people')
  const start = useMutation({ mutationFn: () => call(api.POST('/people/{uid}/exports', { params: { path: { uid } } })) })
  return (
    <section className={styles.part} aria-labelledby="export-title">
      <h3 id="export-title">{t('data.exportTitle')}</h3>
      <p className="muted">{t('data.exportText')}</p>
      <Refused error={start.error} />
      {start.data ? (
        <WorkProgress first={start.data} />
      ) : (
        <p>
          <Button loading={start.isPending} onClick={() => start.mutate()}>
            {t('data.export')}
          </Button>
        </p>
      )}
    </section>
  )
}

function Item({ item }: { item: ErasurePreview['items'][number] }) {
  const { t } = useTranslation('people')
  const known = useQuery({ ...entityQuery(item.entity), retry: false }).data?.fields
  const names = item.fields.map((key) => label(known?.find((field) => field.key === key)?.label, key))
  return (
    <li>
      <span className="num">{t('data.item', { entity: label(item.label, item.entity), count: item.records })}</span>{' '}
      <span className="small muted">{names.length ? names.join('、') : t('data.whole')}</span>
    </li>
  )
}

function Consent({ preview, onBegun, onStale }: { preview: ErasurePreview; onBegun: (work: LongWork) => void; onStale: () => void }) {
  const { t } = useTranslation('people')
  const [reason, setReason] = useState('')
  const [name, setName] = useState('')
  const [isTried, setTried] = useState(false)
  const isNamed = name.trim() === preview.display
  const erase = useMutation({
    mutationFn: () =>
      call(api.POST('/people/{uid}/erasure', { params: { path: { uid: preview.person } }, body: { reason: reason.trim(), consent: preview.consent } })),
    onSuccess: onBegun,
    onError: onStale,
  })
  return (
    <form
      className={lists.form}
      onSubmit={(event) => {
        event.preventDefault()
        setTried(true)
        if (reason.trim() && isNamed) erase.mutate()
      }}
    >
      <div className={styles.grave} data-testid="erasure">
        <p>{t('data.found', { name: preview.display })}</p>
        <ul>
          {preview.items.map((item) => (
            <Item key={item.entity} item={item} />
          ))}
          {preview.accounts > 0 && <li className="num">{t('data.accounts', { count: preview.accounts })}</li>}
          {preview.comments > 0 && <li className="num">{t('data.comments', { count: preview.comments })}</li>}
        </ul>
      </div>
      <div className={lists.field}>
        <label htmlFor="erase-reason">{t('data.reason')}</label>
        <Input id="erase-reason" value={reason} maxLength={500} placeholder={t('data.reasonHint')} onChange={(event) => setReason(event.target.value)} />
        {isTried && !reason.trim() && <p role="alert">{t('data.needReason')}</p>}
      </div>
      <div className={lists.field}>
        <label htmlFor="erase-name">{t('data.typeName', { name: preview.display })}</label>
        <Input id="erase-name" value={name} autoComplete="off" onChange={(event) => setName(event.target.value)} />
        {isTried && !isNamed && <p role="alert">{t('data.notName')}</p>}
      </div>
      <Refused error={erase.error} />
      <p>
        <Button danger htmlType="submit" loading={erase.isPending}>
          {t('data.erase')}
        </Button>
      </p>
    </form>
  )
}

function Erasing({ uid }: { uid: string }) {
  const { t } = useTranslation('people')
  const [isLooking, setLooking] = useState(false)
  const [work, setWork] = useState<LongWork | null>(null)
  const [isOver, setOver] = useState(false)
  const query = useQuery({ ...erasureQuery(uid), enabled: isLooking && work === null })
  return (
    <section className={styles.part} aria-labelledby="erase-title">
      <h3 id="erase-title">{t('data.eraseTitle')}</h3>
      <p className="muted">{t('data.eraseText')}</p>
      {!isLooking && (
        <p>
          <Button danger onClick={() => setLooking(true)}>
            {t('data.look')}
          </Button>
        </p>
      )}
      {work && (
        <>
          <p>{isOver ? t('data.erased') : t('data.erasing')}</p>
          <WorkProgress first={work} onEnd={() => setOver(true)} />
        </>
      )}
      {isLooking && !work && (
        <Loaded query={query} rows={4}>
          {(preview) => <Consent preview={preview} onBegun={setWork} onStale={() => void query.refetch()} />}
        </Loaded>
      )}
    </section>
  )
}

export default function PersonalData({ person }: { person: RecordItem }) {
  return (
    <div className={styles.tab}>
      <Exporting uid={person.uid} />
      <Erasing uid={person.uid} />
    </div>
  )
}
