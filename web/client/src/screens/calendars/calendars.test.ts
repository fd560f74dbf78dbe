import { describe, expect, it } from 'vitest'
import type { Calendar, CalendarYear } from '../../api/types'
import { readDates } from './paste'
import { changesOf, daysOf, kindOf, markOf, marksOf, monthsOf, moved, movedByMonths, turned, weekdayOf, withMark, type Day, type Edits } from './year'

const OFFICE: Calendar = { name: 'office', label: 'x', zone: 'Asia/Shanghai', workdays: [1, 2, 3, 4, 5] }
const YEAR: CalendarYear = {
  calendar: 'office',
  year: 2026,
  version: 'v',
  holidays_known: true,
  items: [
    { day: '2026-10-01', workday: false, source: 'holidays', unmarked: false },
    { day: '2026-10-10', workday: true, source: 'holidays', unmarked: true },
    { day: '2026-10-12', workday: false, source: 'table', unmarked: true },
    { day: '2026-10-13', workday: true, source: 'table', unmarked: true },
  ],
}
const days = daysOf(OFFICE, YEAR)
const day = (of: string) => days.get(of) as Day

describe('days of a year', () => {
  it('has every day once, by month', () => {
    expect(days.size).toBe(365)
    expect(monthsOf(2028).map((month) => month.length)).toEqual([31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
    expect([weekdayOf('2026-11-22'), weekdayOf('2026-11-23')]).toEqual([7, 1])
  })
  it.each([
    ['2026-10-01', 'holiday'],
    ['2026-10-10', 'shifted'],
    ['2026-10-11', 'rest'],
    ['2026-10-12', 'holiday'],
    ['2026-10-14', 'work'],
  ])('%s is %s', (of, kind) => expect(kindOf(day(of), day(of).seen)).toBe(kind))
  it('moves within the year only', () => {
    expect([moved('2026-12-31', 1), moved('2026-01-01', -7), moved('2026-02-28', 1)]).toEqual(['2026-12-31', '2026-01-01', '2026-03-01'])
    expect([movedByMonths('2026-01-31', 1), movedByMonths('2026-01-31', -1)]).toEqual(['2026-02-28', '2026-01-31'])
  })
})

describe('marks', () => {
  // a holiday, one worked for it, one marked free, one marked as it is anyhow, plain ones
  it.each(['2026-10-01', '2026-10-10', '2026-10-12', '2026-10-13', '2026-10-14', '2026-10-18'])('two clicks on %s change nothing', (of) => {
    let edits: Edits = {}
    const was = kindOf(day(of), markOf(day(of), edits))
    edits = withMark(day(of), turned(day(of), edits), edits)
    expect(Object.keys(edits)).toEqual([of])
    expect(kindOf(day(of), markOf(day(of), edits))).not.toBe(was)
    edits = withMark(day(of), turned(day(of), edits), edits)
    expect(edits).toEqual({})
  })
  it('sends all marks, and says which of them are new', () => {
    const edits = { '2026-10-12': null, '2026-10-14': false, '2026-10-13': true }
    expect(marksOf(days, edits)).toEqual({ '2026-10-13': true, '2026-10-14': false })
    expect(changesOf(days, edits).map((one) => [one.day.day, one.mark])).toEqual([
      ['2026-10-12', null],
      ['2026-10-14', false],
    ])
  })
})

describe('a pasted list', () => {
  const read = (text: string) => [...readDates(text, 2026, null).marks].map(([of, mark]) => `${of.slice(5)} ${mark}`)
  it.each([
    ['2026-10-01', ['10-01 null']],
    ['2026/2/3\r\n\r\n 2026.2.4 ', ['02-03 null', '02-04 null']],
    ['2026年10月1日、10月2日', ['10-01 null', '10-02 null']],
    ['10月1日至10月3日 放假', ['10-01 false', '10-02 false', '10-03 false']],
    ['10月1日至3日休', ['10-01 false', '10-02 false', '10-03 false']],
    ['2026-02-14 补班', ['02-14 true']],
    ['2026-02-14\tSpring Festival\ton', ['02-14 true']],
    ['2026-05-01 ~ 2026-05-02 off', ['05-01 false', '05-02 false']],
    ['2026-05-01 to 2026-05-02', ['05-01 null', '05-02 null']],
    ['2026-05-01 2026-05-04', ['05-01 null', '05-04 null']],
  ])('%s', (text, marks) => expect(read(text)).toEqual(marks))
  it.each([
    ['2026-02-30', 'bad'],
    ['soon', 'bad'],
    ['2026-10-07 to 2026-10-01', 'bad'],
    ['2027-01-01', 'other'],
    ['2026-12-31 to 2027-01-02', 'other'],
  ])('%s is told as %s', (text, why) => {
    expect(readDates(`2026-01-01\n${text}`, 2026, false)).toEqual({ marks: new Map([['2026-01-01', false]]), unread: [{ line: 2, text, why }] })
  })
})
