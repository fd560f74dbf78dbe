// Fields on their way to another type: how far, what stayed behind, and undoing.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { App, Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from '../../i18n/useTranslation'
import { api } from '../../api/client'
import { itemsOf } from '../../api/list'
import { call } from '../../api/problem'
import type { FieldChange, Publication } from '../../api/types'
import { formatDateTime } from '../../format/time'
import { Badge, wordOf } from '../../parts/Badge'
import { Refused, useWordsOf } from '../../parts/Refused'
import { Loaded, Nothing } from '../../parts/States'
import styles from './Definitions.module.css'
import { useNames } from './names'
import { FailedRows } from './PlanView'
import { changesQuery } from './queries'

function useRefresh() {
  const client = useQueryClient()
  return () => void client.invalidateQueries({ predicate: (query) => query.queryKey[0] !== 'session' })
}

function Moving({ publication, changes }: { publication: Publication; changes: readonly FieldChange[] }) {
  const { t } = useTranslation('change')
  const refresh = useRefresh()
  const path = { params: { path: { uid: publication.uid } } }
  const names = changes.filter((one) => one.failed || one.failed_versions).map((one) => `${one.entity}.${one.field}`)
  const cancel = useMutation({ mutationFn: () => call(api.POST('/definitions/publications/{uid}/cancel', path)), onSettled: refresh })
  const consent = useMutation({
    mutationFn: () => call(api.POST('/definitions/publications/{uid}/consent', { ...path, body: { consent: names } })),
    onSettled: refresh,
  })
  return (
    <li>
      <div className={styles.what} role="status">
        <p>
          <Badge tone={publication.state === 'waiting' ? 'amber' : 'blue'}>{wordOf(t('changes.states', { returnObjects: true }), publication.state)}</Badge>{' '}
          {changes.map((one) => `${one.entity}.${one.field}`).join('、')}
        </p>
        <p className="small muted num">
          {t('changes.by', { who: publication.author, at: formatDateTime(publication.at) })}
          {changes.length > 0 && ` · ${t('changes.converted', { count: changes.reduce((sum, one) => sum + one.converted, 0) })}`}
        </p>
        {publication.problems.map((problem, at) => (
          <p key={at} className="small">
            {problem.message}
          </p>
        ))}
        <Refused error={cancel.error ?? consent.error} />
      </div>
      {publication.state === 'waiting' && names.length > 0 && (
        <Button type="primary" loading={consent.isPending} onClick={() => consent.mutate()}>
          {t('changes.consent')}
        </Button>
      )}
      <Button loading={cancel.isPending} onClick={() => cancel.mutate()}>
        {t('changes.cancel')}
      </Button>
    </li>
  )
}

function Failures({ change }: { change: FieldChange }) {
  const query = useQuery({
    queryKey: ['definitions', 'failures', change.uid],
    queryFn: () => call(api.GET('/definitions/changes/{uid}/failures', { params: { path: { uid: change.uid } } })),
  })
  return <Loaded query={query}>{(page) => <FailedRows rows={itemsOf(page)} total={change.failed} />}</Loaded>
}

function useUndo() {
  const { t } = useTranslation('change')
  const { modal, message } = App.useApp()
  const { typeName } = useNames()
  const refresh = useRefresh()
  const words = useWordsOf()
  return (change: FieldChange) => {
    const name = `${change.entity}.${change.field}`
    return modal.confirm({
      title: t('changes.undoTitle', { name, type: typeName(change.before) }),
      content: t('changes.undoText'),
      okText: t('changes.undo'),
      onOk: () =>
        call(api.POST('/definitions/changes/{uid}/undo', { params: { path: { uid: change.uid } }, body: { consent: [name] } })).then(
          (published) => {
            void message.success(published.waiting ? t('changes.undoing') : t('changes.undone', { revision: published.revision }))
            refresh()
          },
          (error: unknown) => void message.error(words(error)),
        ),
    })
  }
}

function Line({ change, onUndo }: { change: FieldChange; onUndo: () => void }) {
  const { t } = useTranslation('change')
  const { typeName } = useNames()
  const [isOpen, setOpen] = useState(false)
  const name = `${change.entity}.${change.field}`
  const counts = [
    t('changes.converted', { count: change.converted }),
    ...(change.progress ? [t('changes.progress', change.progress)] : []),
    change.failed > 0 && t('changes.failed', { count: change.failed }),
    change.failed_versions > 0 && t('changes.failedVersions', { count: change.failed_versions }),
  ].filter(Boolean)
  return (
    <li>
      <div className={styles.what}>
        <p>
          <code>{name}</code> {t('changes.line', { before: typeName(change.before), after: typeName(change.after) })}{' '}
          <Badge tone={change.phase === 'switched' ? 'green' : change.phase === 'cancelled' ? 'grey' : 'blue'}>
            {wordOf(t('changes.phases', { returnObjects: true }), change.phase)}
          </Badge>
        </p>
        <p className="small muted num">{counts.join(' · ')}</p>
        {isOpen && <Failures change={change} />}
      </div>
      {change.failed > 0 && (
        <Button onClick={() => setOpen(!isOpen)} aria-expanded={isOpen}>
          {t('changes.rows')}
        </Button>
      )}
      {change.can_undo && (
        <Button onClick={onUndo} aria-label={t('changes.undoOne', { name })}>
          {t('changes.undo')}
        </Button>
      )}
    </li>
  )
}

export function Changes() {
  const { t } = useTranslation('change')
  const query = useQuery(changesQuery)
  const undo = useUndo()
  const { moving, changes } = query.data ?? { moving: [], changes: [] }
  return (
    <>
      {moving.length > 0 && (
        <section className={`card ${styles.block}`} aria-labelledby="moving-title">
          <h2 id="moving-title">{t('changes.waitingTitle')}</h2>
          <ul className={styles.lines}>
            {moving.map((one) => (
              <Moving key={one.uid} publication={one} changes={changes.filter((change) => change.publication === one.uid)} />
            ))}
          </ul>
        </section>
      )}
      <section className={`card ${styles.block}`}>
        <Loaded query={query} rows={3}>
          {() =>
            changes.length === 0 ? (
              <Nothing text={t('changes.empty')} />
            ) : (
              <ul className={styles.lines}>
                {changes.map((change) => (
                  <Line key={change.uid} change={change} onUndo={() => void undo(change)} />
                ))}
              </ul>
            )
          }
        </Loaded>
      </section>
    </>
  )
}
