// A year of a calendar: what each day is, and what changes of marks amount to.
import type { Calendar, CalendarYear } from '../../api/types'

/** What is to be said of a day; null: nothing, it follows the calendar. */
export type Mark = boolean | null
export type Edits = Readonly<Record<string, Mark>>
export type Kind = 'work' | 'rest' | 'holiday' | 'shifted'

export interface Day {
  readonly day: string
  readonly inWeek: boolean // whether the week says it is worked
  readonly unmarked: boolean // whether it is worked when nobody marks it
  readonly seen: Mark // as it is saved
}

export interface Change {
  readonly day: Day
  readonly mark: Mark
}

const DAY_MS = 86_400_000
const MONTHS = 12
const dateOf = (day: string) => new Date(`${day}T00:00:00Z`)
export const isoOf = (date: Date): string => date.toISOString().slice(0, 10)

/** Monday is 1, Sunday 7. */
export const weekdayOf = (day: string): number => dateOf(day).getUTCDay() || 7

/** So many days later; the day itself where that leaves the year. */
export function moved(day: string, by: number): string {
  const to = isoOf(new Date(dateOf(day).getTime() + by * DAY_MS))
  return to.slice(0, 4) === day.slice(0, 4) ? to : day
}

/** The same day of another month, or its last one; the day itself where that leaves the year. */
export function movedByMonths(day: string, by: number): string {
  const [year, month, of] = [Number(day.slice(0, 4)), Number(day.slice(5, 7)) - 1 + by, Number(day.slice(8))]
  if (month < 0 || month >= MONTHS) return day
  const last = new Date(Date.UTC(year, month + 1, 0)).getUTCDate()
  return isoOf(new Date(Date.UTC(year, month, Math.min(of, last))))
}

/** The days of each month. */
export function monthsOf(year: number): string[][] {
  return Array.from({ length: MONTHS }, (_, month) => {
    const length = new Date(Date.UTC(year, month + 1, 0)).getUTCDate()
    return Array.from({ length }, (_day, index) => isoOf(new Date(Date.UTC(year, month, index + 1))))
  })
}

/** Every day of the year as the server knows it. */
export function daysOf(calendar: Calendar, answer: CalendarYear): ReadonlyMap<string, Day> {
  const told = new Map(answer.items.map((one) => [one.day, one]))
  const made = (day: string): Day => {
    const inWeek = calendar.workdays.includes(weekdayOf(day))
    const one = told.get(day)
    return { day, inWeek, unmarked: one?.unmarked ?? inWeek, seen: one?.source === 'table' ? one.workday : null }
  }
  return new Map(
    monthsOf(answer.year)
      .flat()
      .map((day) => [day, made(day)]),
  )
}

export const markOf = (day: Day, edits: Edits): Mark => edits[day.day] ?? (day.day in edits ? null : day.seen)

/** What the day is under a mark. */
export function kindOf(day: Day, mark: Mark): Kind {
  const worked = mark ?? day.unmarked
  if (worked) return day.inWeek ? 'work' : 'shifted'
  return day.inWeek ? 'holiday' : 'rest'
}

/** The edits with one day marked; what says nothing new is no edit. */
export function withMark(day: Day, mark: Mark, edits: Edits): Edits {
  const { [day.day]: _, ...others } = edits
  return mark === day.seen ? others : { ...others, [day.day]: mark }
}

/** The mark that makes a worked day free and a free one worked. */
export function turned(day: Day, edits: Edits): Mark {
  const wanted = !(markOf(day, edits) ?? day.unmarked)
  if (wanted === day.seen) return day.seen
  return wanted === day.unmarked ? null : wanted
}

/** The edits that still differ from what is saved, by day. */
export function changesOf(days: ReadonlyMap<string, Day>, edits: Edits): Change[] {
  return Object.entries(edits)
    .flatMap(([key, mark]) => {
      const day = days.get(key)
      return day && day.seen !== mark ? [{ day, mark }] : []
    })
    .sort((a, b) => (a.day.day < b.day.day ? -1 : 1))
}

/** All marks of the year after the edits, as the server takes them. */
export function marksOf(days: ReadonlyMap<string, Day>, edits: Edits): Record<string, boolean> {
  const marked = [...days.values()].map((day) => [day.day, markOf(day, edits)] as const)
  return Object.fromEntries(marked.filter((one): one is readonly [string, boolean] => one[1] !== null))
}
