// Calendars and the days of a year that differ from their week.
import type { Text } from './common'

export interface Calendar {
  readonly name: string
  readonly label: Text
  readonly zone: string
  /** ISO weekdays that are worked: Monday is 1. */
  readonly workdays: number[]
}

export interface CalendarYear {
  readonly calendar: string
  readonly year: number
  /** Names the marks that were seen; a later save is refused when others are there by then. */
  readonly version: string
  readonly holidays_known: boolean
  readonly items: {
    readonly day: string
    readonly workday: boolean
    readonly source: string
    /** Whether it would be worked if nobody had marked it. */
    readonly unmarked: boolean
  }[]
}
