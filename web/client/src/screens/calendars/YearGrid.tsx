// The months of a year as small grids; one day of them has the focus and the arrow keys move it.
import { useMemo, useRef, useState, type KeyboardEvent } from 'react'
import { useTranslation } from '../../i18n/useTranslation'
import { currentLanguage } from '../../i18n/language'
import styles from './Calendars.module.css'
import { kindOf, markOf, monthsOf, moved, movedByMonths, weekdayOf, type Day, type Edits, type Kind } from './year'

const WEEK = [1, 2, 3, 4, 5, 6, 7]
const A_MONDAY = '2024-01-0' // + weekday
const STEPS: Readonly<Record<string, (day: string) => string>> = {
  ArrowLeft: (day) => moved(day, -1),
  ArrowRight: (day) => moved(day, 1),
  ArrowUp: (day) => moved(day, -7),
  ArrowDown: (day) => moved(day, 7),
  PageUp: (day) => movedByMonths(day, -1),
  PageDown: (day) => movedByMonths(day, 1),
  Home: (day) => moved(day, 1 - weekdayOf(day)),
  End: (day) => moved(day, 7 - weekdayOf(day)),
}

function useFormat(options: Intl.DateTimeFormatOptions): (day: string) => string {
  const language = currentLanguage() === 'en' ? 'en-GB' : 'zh-CN'
  const format = new Intl.DateTimeFormat(language, { timeZone: 'UTC', ...options })
  return (day) => format.format(new Date(`${day}T00:00:00Z`))
}

/** The sign under a day that is not what its weekday says; colour is never all there is. */
export function Sign({ kind }: { kind: Kind }) {
  const { t } = useTranslation('calendars')
  return (
    <span className={styles.sign} aria-hidden="true">
      {kind === 'holiday' || kind === 'shifted' ? t(`signs.${kind}`) : ''}
    </span>
  )
}

interface Shown {
  readonly days: ReadonlyMap<string, Day>
  readonly edits: Edits
  readonly onTurn: (day: Day) => void
}

function Cell({ day, edits, onTurn, isStop, onFocus }: Omit<Shown, 'days'> & { day: Day; isStop: boolean; onFocus: () => void }) {
  const { t } = useTranslation('calendars')
  const nameOf = useFormat({ month: 'long', day: 'numeric', weekday: 'long' })
  const mark = markOf(day, edits)
  const kind = kindOf(day, mark)
  const isChanged = day.day in edits
  const words = [nameOf(day.day), t(`kinds.${kind}`), mark !== null && t('marked'), isChanged && t('changed')]
  return (
    <button
      type="button"
      className={`${styles.day} ${styles[kind]} ${mark === null ? '' : styles.marked} ${isChanged ? styles.changed : ''} num`}
      aria-label={words.filter(Boolean).join(' · ')}
      title={words.slice(1).filter(Boolean).join(' · ')}
      data-day={day.day}
      tabIndex={isStop ? 0 : -1}
      onFocus={onFocus}
      onClick={() => onTurn(day)}
    >
      {Number(day.day.slice(8))}
      <Sign kind={kind} />
    </button>
  )
}

export function YearGrid({ year, days, edits, onTurn, start }: Shown & { year: number; start: string }) {
  const { t } = useTranslation('calendars')
  const grid = useRef<HTMLDivElement>(null)
  const [stop, setStop] = useState(start)
  const here = days.has(stop) ? stop : `${year}-01-01`
  const monthOf = useFormat({ month: 'long' })
  const weekdayName = useFormat({ weekday: 'narrow' })
  const longWeekday = useFormat({ weekday: 'long' })
  const months = useMemo(() => monthsOf(year), [year])
  const onKey = (event: KeyboardEvent) => {
    const step = STEPS[event.key]
    if (!step || event.ctrlKey || event.altKey || event.metaKey) return
    event.preventDefault()
    grid.current?.querySelector<HTMLElement>(`[data-day="${step(here)}"]`)?.focus()
  }
  return (
    <div ref={grid} className={styles.months} onKeyDown={onKey} data-testid="year" aria-description={t('keys')} role="group" aria-label={String(year)}>
      {months.map((month) => {
        const first = month[0] ?? ''
        const blanks = weekdayOf(first) - 1
        const cells = [...Array<null>(blanks).fill(null), ...month]
        const weeks = Array.from({ length: Math.ceil(cells.length / 7) }, (_, week) => cells.slice(week * 7, week * 7 + 7))
        return (
          <section key={first} className={`card ${styles.month}`} aria-label={monthOf(first)}>
            <h2>{monthOf(first)}</h2>
            <table>
              <thead>
                <tr>
                  {WEEK.map((weekday) => (
                    <th key={weekday} scope="col" abbr={longWeekday(A_MONDAY + weekday)} className="small">
                      {weekdayName(A_MONDAY + weekday)}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {weeks.map((week, row) => (
                  <tr key={row}>
                    {week.map((of, column) => {
                      const day = of === null ? undefined : days.get(of)
                      return (
                        <td key={column}>
                          {day && <Cell day={day} edits={edits} onTurn={onTurn} isStop={day.day === here} onFocus={() => setStop(day.day)} />}
                        </td>
                      )
                    })}
                  </tr>
                ))}
              </tbody>
            </table>
          </section>
        )
      })}
    </div>
  )
}
