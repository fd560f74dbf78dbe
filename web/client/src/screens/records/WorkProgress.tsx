// How far a long work is, what it refused, and what can be done with it.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Progress } from 'antd'
import { useEffect } from 'react'
import { useTranslation } from '../../i18n/useTranslation'
import '../../i18n/life'
import { api } from '../../api/client'
import { call } from '../../api/problem'
import type { LongWork } from '../../api/types'
import { Refused } from '../../parts/Refused'
import styles from './Lists.module.css'

const OFTEN = 700
const WITH_FILE = new Set(['export', 'person_export'])
const BY_PARTS = new Set(['erase']) // it counts parts of the work, not records, and can not be stopped
const isOver = (work: LongWork | undefined) => work !== undefined && work.ended_at !== null

export function useWork(first: LongWork) {
  return useQuery({
    queryKey: ['work', first.uid],
    queryFn: () => call(api.GET('/work/{uid}', { params: { path: { uid: first.uid } } })),
    initialData: first,
    refetchInterval: (query) => (isOver(query.state.data) ? false : OFTEN),
  })
}

/** Where the file of a finished work is. */
export const fileOf = (work: LongWork, which: 'file' | 'refused') => `/api/v1/work/${encodeURIComponent(work.uid)}/${which}`

interface Props {
  readonly first: LongWork
  /** Nothing is written: what would be is said elsewhere. */
  readonly isDry?: boolean
  /** Another work that follows, as the undoing of this one. */
  readonly onNext?: (work: LongWork) => void
  readonly onEnd?: (work: LongWork) => void
}

function Problems({ work }: { work: LongWork }) {
  const { t } = useTranslation('life')
  if (work.rows.length === 0) return null
  return (
    <div className={styles.scroll} tabIndex={0} role="region" aria-label={t('work.problems')}>
      <table className={styles.grid}>
        <caption className="visually-hidden">{t('work.problems')}</caption>
        <tbody>
          {work.rows.map((row) => (
            <tr key={row.row}>
              <td className="num">{row.row < 0 ? t('work.whole') : t('work.row', { n: row.row })}</td>
              <td>{row.problems.map((problem) => problem.message).join('；')}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

export function WorkProgress({ first, isDry, onNext, onEnd }: Props) {
  const { t } = useTranslation('life')
  const client = useQueryClient()
  const query = useWork(first)
  const work = query.data
  const path = { params: { path: { uid: first.uid } } }
  const cancel = useMutation({ mutationFn: () => call(api.POST('/work/{uid}/cancel', path)), onSuccess: (next) => client.setQueryData(['work', first.uid], next) })
  const undo = useMutation({ mutationFn: () => call(api.POST('/work/{uid}/undo', path)), onSuccess: (next) => onNext?.(next) })
  const over = isOver(work)
  useEffect(() => {
    if (!over) return
    for (const root of ['records', 'record', 'history', 'count', 'works']) void client.invalidateQueries({ queryKey: [root] })
    onEnd?.(work)
  }, [over]) // eslint-disable-line
  const percent = work.total ? Math.floor((work.done / work.total) * 100) : over ? 100 : 0
  const counts = [
    work.written && t('work.written', { count: work.written }),
    work.unchanged && t('work.unchanged', { count: work.unchanged }),
    work.refused && t('work.refused', { count: work.refused }),
  ].filter(Boolean)
  return (
    <div className={styles.form} role="status">
      <p className={styles.bar}>
        <strong>{t(`work.states.${work.state}`)}</strong>
        <span className="muted num">{t('work.progress', { done: work.done, total: work.total })}</span>
      </p>
      <Progress
        percent={percent}
        aria-label={t(`work.states.${work.state}`)}
        showInfo={false}
        status={over ? (work.state === 'cancelled' ? 'exception' : 'success') : 'active'}
      />
      {counts.length > 0 && !isDry && !BY_PARTS.has(work.kind) && <p className="num">{counts.join(' · ')}</p>}
      <Problems work={work} />
      <Refused error={cancel.error ?? undo.error ?? query.error} />
      <p className={styles.bar}>
        {!over && !BY_PARTS.has(work.kind) && (
          <Button onClick={() => cancel.mutate()} disabled={work.state === 'stopping'} title={t('work.cancelHint')}>
            {t('work.cancel')}
          </Button>
        )}
        {over && work.kind === 'edit' && onNext && work.written > 0 && (
          <Button loading={undo.isPending} onClick={() => undo.mutate()}>
            {t('work.undo')}
          </Button>
        )}
        {over && WITH_FILE.has(work.kind) && work.state === 'done' && (
          <Button type="primary" href={fileOf(work, 'file')}>
            {t('work.file')}
          </Button>
        )}
        {over && work.kind === 'import' && work.refused > 0 && <Button href={fileOf(work, 'refused')}>{t('work.refusedFile')}</Button>}
        {!over && <span className="small muted">{t('work.background')}</span>}
      </p>
    </div>
  )
}
