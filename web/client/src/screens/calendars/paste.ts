// A pasted list of dates: one date or span a line, with or without the word for worked or free.
import { isoOf, monthsOf, type Mark } from './year'

export interface Unread {
  readonly line: number
  readonly text: string
  readonly why: 'bad' | 'other'
}

export interface Pasted {
  readonly marks: ReadonlyMap<string, Mark>
  readonly unread: readonly Unread[]
}

const LONGEST = 40
const DATE = /(?:(\d{4})\s*[-/.年]\s*)?(\d{1,2})\s*[-/.月]\s*(\d{1,2})(?!\d)\s*[日号]?/g
const SPAN = /^\s*(?:[-–—~～至到]+|\.\.+|to|until)\s*$/i
const SHORT_END = /^\s*(?:[-–—~～至到]+|to)\s*(\d{1,2})\s*日/i // 10月1日至7日
const FREE = /休|放假|\b(?:off|free|holiday)\b/i
const WORKED = /班|工作日|\b(?:on|work|worked|working)\b/i

/** The day, if there is such a one. */
function dayOf(year: number, month: number, day: number): string | null {
  const at = new Date(Date.UTC(year, month - 1, day))
  return at.getUTCMonth() === month - 1 && at.getUTCDate() === day ? isoOf(at) : null
}

function spansOf(text: string, year: number): { spans: [string, string][]; rest: string } | null {
  const found = [...text.matchAll(DATE)]
  const dates = found.map((one) => dayOf(Number(one[1] ?? year), Number(one[2]), Number(one[3])))
  if (dates.length === 0 || dates.includes(null)) return null
  const spans: [string, string][] = []
  let rest = text.slice(0, found[0]?.index)
  found.forEach((one, index) => {
    const after = text.slice(one.index + one[0].length, found[index + 1]?.index)
    const date = dates[index] as string
    const last = spans.at(-1)
    const before = index > 0 ? text.slice((found[index - 1]?.index ?? 0) + (found[index - 1]?.[0].length ?? 0), one.index) : ''
    if (last && SPAN.test(before)) last[1] = date
    else spans.push([date, date])
    const end = SHORT_END.exec(after)
    const until = end ? dayOf(Number(date.slice(0, 4)), Number(date.slice(5, 7)), Number(end[1])) : null
    const open = spans.at(-1)
    if (until && open) open[1] = until
    rest += ` ${after}`
  })
  return spans.some(([from, to]) => from > to) ? null : { spans, rest }
}

function saidIn(rest: string, otherwise: Mark): Mark {
  if (FREE.test(rest)) return false
  return WORKED.test(rest) ? true : otherwise
}

/** What a text marks in a year; lines that say nothing of it go by `otherwise`. */
export function readDates(text: string, year: number, otherwise: Mark): Pasted {
  const inYear = monthsOf(year).flat()
  const marks = new Map<string, Mark>()
  const unread: Unread[] = []
  text.split(/\r?\n/).forEach((whole, index) => {
    for (const part of whole.split(/[,，、;；\t]/).filter((one) => one.trim())) {
      const read = spansOf(part, year)
      const told = { line: index + 1, text: part.trim().slice(0, LONGEST) }
      if (read === null) {
        // words of their own, like the name of a holiday in another column, belong to the date before
        if (part === whole || /\d/.test(part)) unread.push({ ...told, why: 'bad' })
        continue
      }
      const mark = saidIn(whole === part ? read.rest : `${read.rest} ${wordsOf(whole)}`, otherwise)
      for (const [from, to] of read.spans) {
        if (from < (inYear[0] ?? '') || to > (inYear.at(-1) ?? '')) unread.push({ ...told, why: 'other' })
        else for (const day of inYear) if (day >= from && day <= to) marks.set(day, mark)
      }
    }
  })
  return { marks, unread }
}

/** The words of a line that hold no date. */
const wordsOf = (line: string): string =>
  line
    .split(/[,，、;；\t]/)
    .filter((part) => !/\d/.test(part))
    .join(' ')
