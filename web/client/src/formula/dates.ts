// Civil dates as days since 1970-01-01, by integer arithmetic like the server's.
import { divFloor, modulo } from './integers'

export const FIRST_DAY = -719_162n
export const LAST_DAY = 2_932_896n
export const DAY_US = 86_400_000_000n
const FIRST_US = FIRST_DAY * DAY_US
const LAST_US = (LAST_DAY + 1n) * DAY_US - 1n

export const inDays = (day: bigint): bigint | null => (day >= FIRST_DAY && day <= LAST_DAY ? day : null)
export const inInstants = (at: bigint): bigint | null => (at >= FIRST_US && at <= LAST_US ? at : null)

export interface Civil {
  readonly year: bigint
  readonly month: bigint
  readonly day: bigint
}

/** Howard Hinnant's civil_from_days. */
export function civilOf(days: bigint): Civil {
  const z = days + 719_468n
  const era = divFloor(z, 146_097n)
  const doe = z - era * 146_097n
  const yoe = (doe - doe / 1460n + doe / 36_524n - doe / 146_096n) / 365n
  const doy = doe - (365n * yoe + yoe / 4n - yoe / 100n)
  const mp = (5n * doy + 2n) / 153n
  const month = mp < 10n ? mp + 3n : mp - 9n
  return { year: yoe + era * 400n + (month <= 2n ? 1n : 0n), month, day: doy - (153n * mp + 2n) / 5n + 1n }
}

/** The epoch day of a date whose parts are known to be real. */
function daysOf(year: bigint, month: bigint, day: bigint): bigint {
  const y = month <= 2n ? year - 1n : year
  const era = divFloor(y, 400n)
  const yoe = y - era * 400n
  const doy = (153n * (month > 2n ? month - 3n : month + 9n) + 2n) / 5n + day - 1n
  return era * 146_097n + yoe * 365n + yoe / 4n - yoe / 100n + doy - 719_468n
}

function monthLength(year: bigint, month: bigint): bigint {
  if (month === 2n) return (year % 4n === 0n && year % 100n !== 0n) || year % 400n === 0n ? 29n : 28n
  return [4n, 6n, 9n, 11n].includes(month) ? 30n : 31n
}

export function makeDate(year: bigint, month: bigint, day: bigint): bigint | null {
  if (year < 1n || year > 9999n || month < 1n || month > 12n || day < 1n || day > monthLength(year, month)) return null
  return daysOf(year, month, day)
}

function monthsLater(from: bigint, months: bigint): { year: bigint; month: bigint; day: bigint } | null {
  const { year, month, day } = civilOf(from)
  const count = year * 12n + month - 1n + months
  const later = { year: divFloor(count, 12n), month: modulo(count, 12n) + 1n, day }
  return later.year < 1n || later.year > 9999n ? null : later
}

export function addMonths(from: bigint, months: bigint): bigint | null {
  const later = monthsLater(from, months)
  if (!later) return null
  const last = monthLength(later.year, later.month)
  return daysOf(later.year, later.month, later.day < last ? later.day : last)
}

export function monthEnd(from: bigint, months: bigint): bigint | null {
  const later = monthsLater(from, months)
  return later ? daysOf(later.year, later.month, monthLength(later.year, later.month)) : null
}

/** Monday 1 .. Sunday 7. */
export const weekday = (day: bigint): bigint => modulo(day + 3n, 7n) + 1n

export function isoWeek(day: bigint): bigint {
  const thursday = day - weekday(day) + 4n
  const first = daysOf(civilOf(thursday).year, 1n, 1n)
  return (thursday - first) / 7n + 1n
}

export function parseDay(text: string): bigint | null {
  const found = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text)
  return found ? makeDate(BigInt(found[1] ?? 0), BigInt(found[2] ?? 0), BigInt(found[3] ?? 0)) : null
}

/** An ISO instant with an offset as microseconds. */
export function parseInstant(text: string): bigint | null {
  const milliseconds = Date.parse(text)
  if (Number.isNaN(milliseconds)) return null
  const micros = /\.\d{3}(\d{3})/.exec(text)?.[1] ?? '0'
  return BigInt(milliseconds) * 1000n + BigInt(micros)
}

/** 2026-02-08 */
export function formatDay(day: bigint): string {
  const { year, month, day: date } = civilOf(day)
  return `${year.toString().padStart(4, '0')}-${month.toString().padStart(2, '0')}-${date.toString().padStart(2, '0')}`
}

/** An instant in microseconds as ISO text in UTC. */
export function formatInstant(at: bigint): string {
  const micros = modulo(at, 1_000_000n)
  const second = new Date(Number(divFloor(at, 1_000_000n)) * 1000).toISOString().slice(0, 19)
  return `${second}${micros ? `.${micros.toString().padStart(6, '0')}` : ''}Z`
}

/** PT8H, P7D, -PT30M as microseconds. */
export function parseDuration(text: string): bigint | null {
  const found = /^(-?)P(?:(\d+)W|(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.(\d{1,6}))?S)?)?)$/.exec(text)
  if (!found) return null
  const part = (index: number) => BigInt(found[index] ?? 0)
  const seconds = (((part(2) * 7n + part(3)) * 24n + part(4)) * 60n + part(5)) * 60n + part(6)
  const total = seconds * 1_000_000n + BigInt((found[7] ?? '').padEnd(6, '0'))
  return found[1] ? -total : total
}
