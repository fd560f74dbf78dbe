// What would be saved, day by day, before it is; a year that somebody else changed is told.
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { App, Button, Modal } from 'antd'
import { useTranslation } from '../../i18n/useTranslation'
import { api } from '../../api/client'
import { ApiProblem, call } from '../../api/problem'
import type { CalendarYear } from '../../api/types'
import { Refused } from '../../parts/Refused'
import styles from './Calendars.module.css'
import { yearQuery } from './queries'
import { changesOf, kindOf, marksOf, type Change, type Day, type Edits } from './year'

function Line({ change, onUndo }: { change: Change; onUndo: () => void }) {
  const { t } = useTranslation('calendars')
  const { day, mark } = change
  const kind = t(`kinds.${kindOf(day, mark)}`)
  const after = mark === null ? t('changes.follows', { kind }) : kind
  return (
    <li>
      <span className="num">{day.day}</span>
      <span>{t('changes.becomes', { before: t(`kinds.${kindOf(day, day.seen)}`), after })}</span>
      <Button size="small" onClick={onUndo} aria-label={t('changes.undo', { day: day.day })}>
        {t('changes.undoShort')}
      </Button>
    </li>
  )
}

interface Props {
  readonly name: string
  readonly answer: CalendarYear
  readonly days: ReadonlyMap<string, Day>
  readonly edits: Edits
  readonly onUndo: (day: Day) => void
  readonly onSaved: () => void
  readonly onClose: () => void
}

export function ChangesDialog({ name, answer, days, edits, onUndo, onSaved, onClose }: Props) {
  const { t } = useTranslation('calendars')
  const { message } = App.useApp()
  const client = useQueryClient()
  const { calendar, year, version } = answer
  const changes = changesOf(days, edits)
  const query = yearQuery(calendar, year)
  const save = useMutation({
    mutationFn: () =>
      call(api.PUT('/calendars/{name}/days', { params: { path: { name: calendar } }, body: { year, version, days: marksOf(days, edits) } })),
    onSuccess: (saved) => {
      client.setQueryData(query.queryKey, saved)
      void message.success(t('changes.saved'))
      onSaved()
    },
  })
  const isStale = save.error instanceof ApiProblem && save.error.status === 409
  const reload = () =>
    client.fetchQuery({ ...query, staleTime: 0 }).then(() => {
      save.reset()
      void message.info(t('changes.reloaded'))
    }, save.reset)
  return (
    <Modal
      open
      title={t('changes.title', { name, year, count: changes.length })}
      onCancel={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('cancel', { ns: 'common' })}</Button>
          {isStale ? (
            <Button type="primary" onClick={() => void reload()}>
              {t('changes.reload')}
            </Button>
          ) : (
            <Button type="primary" disabled={changes.length === 0} loading={save.isPending} onClick={() => save.mutate()}>
              {t('changes.save')}
            </Button>
          )}
        </>
      }
    >
      {changes.length === 0 && <p className="muted">{t('changes.none')}</p>}
      <ul className={styles.changes} data-testid="changes">
        {changes.map((change) => (
          <Line key={change.day.day} change={change} onUndo={() => onUndo(change.day)} />
        ))}
      </ul>
      <Refused error={save.error} />
    </Modal>
  )
}
