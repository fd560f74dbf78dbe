// 我的待办: the work-list on the left, the chosen task or alert on the right.
import { useQuery } from '@tanstack/react-query'
import { Segmented } from 'antd'
import { useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from '../../i18n/useTranslation'
import { useNavigate, useParams } from 'react-router'
import { itemsOf } from '../../api/list'
import { alertsQuery, tasksQuery } from '../../api/queries'
import { MasterDetail, useTitle } from '../../parts/Page'
import { Failed, Loading, Nothing } from '../../parts/States'
import { useKeys } from '../../parts/useKeys'
import { AlertDetail } from '../alert/AlertDetail'
import { TaskDetail } from '../task/TaskDetail'
import { isOver, mergeDone, mergeOpen, only, type Entry, type Shown } from './entries'
import { EmptyWork } from './EmptyWork'
import { EntryRow } from './EntryRow'
import { MyDrafts } from './MyDrafts'
import styles from './Work.module.css'

type Scope = 'open' | 'done'

function useEntries(scope: Scope, shown: Shown) {
  const tasks = useQuery(tasksQuery(scope))
  const alerts = useQuery(alertsQuery(scope === 'open' ? 'open' : 'all'))
  const entries = useMemo(() => {
    const listed = itemsOf(alerts.data)
    const merged = scope === 'open' ? mergeOpen(itemsOf(tasks.data), listed) : mergeDone(itemsOf(tasks.data), listed.filter(isOver))
    return only(merged, shown)
  }, [tasks.data, alerts.data, scope, shown])
  return {
    entries,
    isPending: tasks.isPending || alerts.isPending,
    error: tasks.error ?? alerts.error,
    refetch: () => (void tasks.refetch(), void alerts.refetch()),
  }
}

export function Work({ kind }: { kind: 'tasks' | 'alerts' | null }) {
  const { t } = useTranslation('work')
  useTitle(t('title'))
  const { uid } = useParams()
  const navigate = useNavigate()
  const [scope, setScope] = useState<Scope>('open')
  const [shown, setShown] = useState<Shown>('all')
  const { entries, isPending, error, refetch } = useEntries(scope, shown)
  const at = entries.findIndex((entry) => entry.uid === uid)
  const list = useRef<HTMLDivElement>(null)

  const go = (entry: Entry | undefined) => entry && void navigate(`/${entry.kind}/${entry.uid}`)
  useKeys({
    j: () => go(entries[Math.min(at + 1, entries.length - 1)]),
    k: () => go(entries[Math.max(at - 1, 0)]),
    escape: () => void navigate('/tasks'),
  })
  useEffect(() => {
    list.current?.querySelector('[aria-current="true"]')?.scrollIntoView({ block: 'nearest' })
  }, [uid])

  const next = entries.find((entry) => entry.kind === 'tasks' && entry.uid !== uid)
  const detail =
    kind === 'tasks' && uid ? (
      <TaskDetail key={uid} uid={uid} onNext={next ? () => go(next) : undefined} />
    ) : kind === 'alerts' && uid ? (
      <AlertDetail key={uid} uid={uid} />
    ) : (
      <Nothing text={t('choose')}>
        <p className="small muted">{t('keys')}</p>
      </Nothing>
    )

  return (
    <MasterDetail
      label={t('title')}
      isDetail={kind !== null}
      detail={detail}
      list={
        <div ref={list}>
          <div className={styles.head}>
            <h1>{t('title')}</h1>
            <div className={styles.filters}>
              <Segmented
                value={scope}
                onChange={setScope}
                options={(['open', 'done'] as const).map((value) => ({ value, label: t(`scope.${value}`) }))}
                aria-label={t('title')}
              />
              <Segmented
                value={shown}
                onChange={setShown}
                options={(['all', 'tasks', 'alerts'] as const).map((value) => ({ value, label: t(`kind.${value}`) }))}
                aria-label={t('kinds')}
              />
            </div>
          </div>
          {error && entries.length === 0 ? (
            <Failed error={error} onRetry={refetch} />
          ) : isPending ? (
            <Loading rows={6} />
          ) : entries.length === 0 ? (
            <EmptyWork scope={scope} />
          ) : (
            <ul className={styles.list}>
              {entries.map((entry) => (
                <li key={entry.uid}>
                  <EntryRow entry={entry} isChosen={entry.uid === uid} />
                </li>
              ))}
            </ul>
          )}
          {scope === 'open' && <MyDrafts />}
        </div>
      }
    />
  )
}
