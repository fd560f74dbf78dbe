// The calendars for administrators: a year of working days and holidays, days marked by a click or from a list.
import { useQuery } from '@tanstack/react-query'
import { App, Button, Select } from 'antd'
import { useMemo, useState } from 'react'
import { useSearchParams } from 'react-router'
import { useTranslation } from '../../i18n/useTranslation'
import '../../i18n/calendars'
import { itemsOf } from '../../api/list'
import type { Calendar, CalendarYear } from '../../api/types'
import { businessNow, formatDate } from '../../format/time'
import { label } from '../../i18n/label'
import { Page } from '../../parts/Page'
import { Loaded, Nothing } from '../../parts/States'
import { useUnsaved } from '../../parts/useUnsaved'
import styles from './Calendars.module.css'
import { ChangesDialog } from './ChangesDialog'
import { PasteDialog } from './PasteDialog'
import { calendarsQuery, yearQuery } from './queries'
import { changesOf, daysOf, markOf, turned, withMark, type Day, type Edits, type Kind, type Mark } from './year'
import { Sign, YearGrid } from './YearGrid'

const isWorked = (day: Day, mark: Mark) => mark ?? day.unmarked
const withDefault = (day: Day, mark: Mark): Mark => (mark === day.unmarked ? null : mark)
const FIRST_YEAR = 1900
const LAST_YEAR = 2200
const KINDS: readonly Kind[] = ['work', 'rest', 'holiday', 'shifted']

function Legend() {
  const { t } = useTranslation('calendars')
  return (
    <ul className={styles.legend}>
      {KINDS.map((kind) => (
        <li key={kind}>
          <span className={`${styles.day} ${styles[kind]} ${styles.sample} num`} aria-hidden="true">
            8<Sign kind={kind} />
          </span>
          {t(`kinds.${kind}`)}
        </li>
      ))}
      {(['marked', 'changed'] as const).map((what) => (
        <li key={what}>
          <span className={`${styles.day} ${styles.work} ${styles[what]} ${styles.sample} num`} aria-hidden="true">
            8<Sign kind="work" />
          </span>
          {t(what)}
        </li>
      ))}
    </ul>
  )
}

interface YearProps {
  readonly calendar: Calendar
  readonly answer: CalendarYear
  readonly edits: Edits
  readonly onEdits: (edits: Edits) => void
}

function Year({ calendar, answer, edits, onEdits }: YearProps) {
  const { t } = useTranslation('calendars')
  const { modal } = App.useApp()
  const [open, setOpen] = useState<'paste' | 'changes' | null>(null)
  const days = useMemo(() => daysOf(calendar, answer), [calendar, answer])
  const count = changesOf(days, edits).length
  const today = formatDate(new Date(businessNow()).toISOString())
  const put = (marks: ReadonlyMap<string, Mark>) => {
    // what is free or worked by itself needs no mark
    const wanted = (day: Day) => withDefault(day, marks.get(day.day) ?? null)
    const other = [...marks.keys()].flatMap((key) => days.get(key) ?? []).filter((day) => isWorked(day, wanted(day)) !== isWorked(day, markOf(day, edits)))
    onEdits(other.reduce((next, day) => withMark(day, wanted(day), next), edits))
    return other.length
  }
  const discard = () =>
    modal.confirm({
      title: t('changes.discardTitle', { count }),
      okText: t('changes.discard'),
      okButtonProps: { danger: true },
      onOk: () => onEdits({}),
    })
  return (
    <>
      {!answer.holidays_known && (
        <p className={styles.note} role="status">
          {t('unknown', { year: answer.year })}
        </p>
      )}
      <div className={styles.bar}>
        <Legend />
        <Button onClick={() => setOpen('paste')}>{t('paste.open')}</Button>
      </div>
      <YearGrid year={answer.year} days={days} edits={edits} onTurn={(day: Day) => onEdits(withMark(day, turned(day, edits), edits))} start={today} />
      {count > 0 && (
        <div className={`card ${styles.pending}`} role="status">
          <strong className="num">{t('changes.count', { count })}</strong>
          <Button onClick={() => void discard()}>{t('changes.discard')}</Button>
          <Button type="primary" onClick={() => setOpen('changes')}>
            {t('changes.look')}
          </Button>
        </div>
      )}
      {open === 'paste' && <PasteDialog year={answer.year} onMarks={put} onClose={() => setOpen(null)} />}
      {open === 'changes' && (
        <ChangesDialog
          name={label(calendar.label, calendar.name)}
          answer={answer}
          days={days}
          edits={edits}
          onUndo={(day) => onEdits(withMark(day, day.seen, edits))}
          onSaved={() => {
            onEdits({})
            setOpen(null)
          }}
          onClose={() => setOpen(null)}
        />
      )}
    </>
  )
}

function Chosen({ calendars }: { calendars: readonly Calendar[] }) {
  const { t } = useTranslation('calendars')
  const { modal } = App.useApp()
  const [asked, setAsked] = useSearchParams()
  const [edits, setEdits] = useState<Edits>({})
  const calendar = calendars.find((one) => one.name === asked.get('calendar')) ?? calendars[0]
  const now = new Date(businessNow()).getFullYear()
  const year = Math.min(LAST_YEAR, Math.max(FIRST_YEAR, Math.trunc(Number(asked.get('year'))) || now))
  const query = useQuery({ ...yearQuery(calendar?.name ?? '', year), enabled: calendar !== undefined })
  const count = Object.keys(edits).length
  useUnsaved(count > 0)
  if (!calendar) return <Nothing text={t('empty')} />
  const go = (name: string, to: number) => {
    const leave = () => {
      setEdits({})
      setAsked({ calendar: name, year: String(to) }, { replace: true })
    }
    if (count === 0) leave()
    else
      void modal.confirm({ title: t('changes.discardTitle', { count }), okText: t('changes.discard'), okButtonProps: { danger: true }, onOk: leave })
  }
  return (
    <>
      <div className={styles.bar}>
        <Select
          aria-label={t('calendar')}
          className={styles.which ?? ''}
          value={calendar.name}
          onChange={(name) => go(name, year)}
          options={calendars.map((one) => ({ value: one.name, label: label(one.label, one.name) }))}
        />
        <div className={styles.years}>
          <Button aria-label={t('before')} disabled={year <= FIRST_YEAR} onClick={() => go(calendar.name, year - 1)}>
            ‹
          </Button>
          <strong className="num" aria-live="polite">
            {t('year', { year })}
          </strong>
          <Button aria-label={t('after')} disabled={year >= LAST_YEAR} onClick={() => go(calendar.name, year + 1)}>
            ›
          </Button>
        </div>
        <span className="small muted">{t('zone', { zone: calendar.zone })}</span>
      </div>
      <Loaded query={query} rows={12}>
        {(answer) => <Year calendar={calendars.find((one) => one.name === answer.calendar) ?? calendar} answer={answer} edits={edits} onEdits={setEdits} />}
      </Loaded>
    </>
  )
}

export default function Calendars() {
  const { t } = useTranslation('calendars')
  return (
    <Page title={t('title')} lead={t('intro')} wide>
      <Loaded query={useQuery(calendarsQuery)} rows={12}>
        {(page) => <Chosen calendars={itemsOf(page)} />}
      </Loaded>
    </Page>
  )
}
