// Where a person stood, and how the person leaves: who takes over, and what that is.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { App, Button, Checkbox } from 'antd'
import { useEffect, useState } from 'react'
import { useTranslation } from '../../i18n/useTranslation'
import '../../i18n/people'
import { api } from '../../api/client'
import { call } from '../../api/problem'
import type { Departure, FieldDescriptor, LookupItem, NewDeparture, RecordItem } from '../../api/types'
import { readDate, type Input } from '../../form/model/values'
import { Refused, useWordsOf } from '../../parts/Refused'
import { Loaded } from '../../parts/States'
import lists from '../records/Lists.module.css'
import { ValueInput } from '../records/ValueInput'
import { Holdings } from './Holdings'
import styles from './People.module.css'
import { Placements } from './Placements'
import { departureQuery } from './queries'

const DAY: FieldDescriptor = { key: 'on', type: 'date', label: '' }
const WHO: FieldDescriptor = { key: 'successor', type: 'person', label: '' }

/** Another departure: first what would pass on, then the departure itself. */
function Arranging({ uid, onArranged, onCancel }: { uid: string; onArranged: () => void; onCancel: (() => void) | null }) {
  const { t } = useTranslation('people')
  const [day, setDay] = useState<Input>(null)
  const [successor, setSuccessor] = useState<Input>(null)
  const [reassign, setReassign] = useState(false)
  const [isTried, setTried] = useState(false)
  const on = typeof day === 'string' ? readDate(day) : null
  const path = { params: { path: { uid } } }
  const wanted = (): NewDeparture => ({ on: on ?? '', reassign, ...(successor ? { successor: (successor as LookupItem).uid } : {}) })
  const preview = useMutation({ mutationFn: () => call(api.POST('/people/{uid}/departure/preview', { ...path, body: wanted() })) })
  const arrange = useMutation({ mutationFn: () => call(api.POST('/people/{uid}/departure', { ...path, body: wanted() })), onSuccess: onArranged })
  const change = <T,>(put: (input: T) => void) => (input: T) => {
    preview.reset()
    put(input)
  }
  const lacksDay = isTried && on === null
  return (
    <form
      className={lists.form}
      onSubmit={(event) => {
        event.preventDefault()
        setTried(true)
        if (on !== null) preview.mutate()
      }}
    >
      <div className={lists.field}>
        <span className={lists.name}>{t('leaving.on')}</span>
        <ValueInput id="leaving-on" field={DAY} input={day} onInput={change(setDay)} label={t('leaving.on')} invalid={lacksDay} />
        {lacksDay && <p role="alert">{t('leaving.needDate')}</p>}
      </div>
      <div className={lists.field}>
        <span className={lists.name}>{t('leaving.successor')}</span>
        <ValueInput id="leaving-successor" field={WHO} input={successor} onInput={change(setSuccessor)} label={t('leaving.successor')} />
      </div>
      <div className={lists.field}>
        <Checkbox checked={reassign} aria-describedby="leaving-reassign" onChange={(event) => change(setReassign)(event.target.checked)}>
          {t('leaving.reassign')}
        </Checkbox>
        <p id="leaving-reassign" className="small muted">
          {t('leaving.reassignHint')}
        </p>
      </div>
      {preview.data && <Holdings departure={preview.data} />}
      {preview.data && reassign && !preview.data.owned.some((one) => one.goes) && <p className="muted">{t('leaving.nothingGoes')}</p>}
      <Refused error={preview.error ?? arrange.error} />
      <p className={lists.bar}>
        {/* what was just shown is agreed to by a button of its own, never by the one that showed it */}
        <Button type={preview.data ? 'default' : 'primary'} htmlType="submit" loading={preview.isPending}>
          {t('leaving.preview')}
        </Button>
        {preview.data && (
          <Button danger loading={arrange.isPending} onClick={() => arrange.mutate()}>
            {t('leaving.arrange', { on })}
          </Button>
        )}
        {onCancel && <Button onClick={onCancel}>{t('cancel', { ns: 'common' })}</Button>}
      </p>
    </form>
  )
}

function useTakeBack(departure: Departure) {
  const { t } = useTranslation('people')
  const { modal, message } = App.useApp()
  const client = useQueryClient()
  const words = useWordsOf()
  const { uid, display } = departure.person
  return () =>
    modal.confirm({
      title: t('leaving.takeBackTitle', { name: display }),
      content: t('leaving.takeBackText'),
      okText: t('leaving.takeBack'),
      onOk: () =>
        call(api.DELETE('/people/{uid}/departure', { params: { path: { uid } } })).then(
          () => {
            void message.success(t('leaving.takenBack'))
            void client.invalidateQueries({ queryKey: ['departure', uid] })
          },
          (error: unknown) => void message.error(words(error)),
        ),
    })
}

function Arranged({ departure, isBack, onAgain }: { departure: Departure; isBack: boolean; onAgain: () => void }) {
  const { t } = useTranslation('people')
  const takeBack = useTakeBack(departure)
  const { on, handed } = departure
  const name = departure.successor?.display ?? ''
  if (departure.state === 'done')
    return (
      <>
        <p role="status">{handed && name ? t('leaving.done', { on, name, count: handed }) : t('leaving.doneAlone', { on })}</p>
        {departure.moved > 0 && <p role="status">{t('leaving.moved', { name, count: departure.moved })}</p>}
        {isBack && (
          <p>
            <Button onClick={onAgain}>{t('leaving.anew')}</Button>
          </p>
        )}
      </>
    )
  return (
    <>
      <p role="status">
        <strong>{t('leaving.planned', { on, name })}</strong>
      </p>
      <Holdings departure={departure} />
      <p className={lists.bar}>
        <Button onClick={onAgain}>{t('leaving.again')}</Button>
        <Button onClick={() => void takeBack()}>{t('leaving.takeBack')}</Button>
      </p>
    </>
  )
}

export default function Leaving({ person }: { person: RecordItem }) {
  const { t } = useTranslation('people')
  const { message } = App.useApp()
  const client = useQueryClient()
  const [isChanging, setChanging] = useState(false)
  const query = useQuery(departureQuery(person.uid))
  const arranged = () => {
    void message.success(t('leaving.arranged'))
    setChanging(false)
    void client.invalidateQueries({ queryKey: ['departure', person.uid] })
  }
  const isDone = query.data?.state === 'done'
  useEffect(() => {
    if (isDone) for (const root of ['record', 'records', 'accounts']) void client.invalidateQueries({ queryKey: [root] })
  }, [isDone, client])
  return (
    <div className={styles.tab}>
      <Placements person={person} />
      <section className={styles.part} aria-labelledby="leaving-title">
        <h3 id="leaving-title">{t('leaving.title')}</h3>
        <p className="muted">{t('leaving.intro')}</p>
        <Loaded query={query} rows={3}>
          {(departure) =>
            departure !== null && !isChanging ? (
              // who came back after leaving may leave again
              <Arranged departure={departure} isBack={person.values['active'] !== false} onAgain={() => setChanging(true)} />
            ) : (
              <Arranging uid={person.uid} onArranged={arranged} onCancel={isChanging ? () => setChanging(false) : null} />
            )
          }
        </Loaded>
      </section>
    </div>
  )
}
