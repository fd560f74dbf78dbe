// The operations of the language, one row each: strict ones take no nulls, the others decide for themselves.
import { addMonths, civilOf, DAY_US, inDays, inInstants, isoWeek, makeDate, monthEnd, weekday } from './dates'
import { abs, divAway, divFloor, divHalfAway, isInt64, modulo } from './integers'
import type { Value } from './ir'

type Strict = (...args: never[]) => Value
type Lenient = (args: readonly Value[]) => Value

/** Order by code point; surrogate pairs would sort wrongly by code unit. */
export function compareValues(left: Value, right: Value): number {
  if (typeof left === 'string' && typeof right === 'string') {
    const [a, b] = [[...left], [...right]]
    for (let at = 0; at < Math.min(a.length, b.length); at++) {
      const difference = (a[at]?.codePointAt(0) ?? 0) - (b[at]?.codePointAt(0) ?? 0)
      if (difference) return Math.sign(difference)
    }
    return Math.sign(a.length - b.length)
  }
  const [a, b] = [left as bigint, right as bigint]
  return a === b ? 0 : a < b ? -1 : 1
}

const SPACE = ' \t\r\n\u00a0\u3000'

function trim(text: string): string {
  let [from, to] = [0, text.length]
  while (from < to && SPACE.includes(text.charAt(from))) from += 1
  while (to > from && SPACE.includes(text.charAt(to - 1))) to -= 1
  return text.slice(from, to)
}

const points = (text: string, from: number, to?: number) => [...text].slice(from, to).join('')
const nonZero = (b: bigint, make: () => bigint) => (b === 0n ? null : make())

/** `*` is any text, `?` one character, `~` before one of them itself. */
function matches(text: string, pattern: string): boolean {
  const signs = [...pattern.matchAll(/~[*?~]|[^]/gu)].map(([sign]) => sign)
  const letters = [...text]
  let [at, to, star, from] = [0, 0, -1, 0]
  while (to < letters.length) {
    const sign = signs[at]
    if (sign === '*') {
      star = at++
      from = to
    } else if (sign !== undefined && (sign === '?' || (sign.length > 1 && sign[0] === '~' ? sign.slice(1) : sign) === letters[to])) {
      at++
      to++
    } else if (star >= 0) {
      at = star + 1
      to = ++from
    } else {
      return false
    }
  }
  return signs.slice(at).every((sign) => sign === '*')
}

export const STRICT: Record<string, Strict> = {
  add: (a: bigint, b: bigint) => a + b,
  sub: (a: bigint, b: bigint) => a - b,
  mul: (a: bigint, b: bigint) => a * b,
  neg: (a: bigint) => -a,
  pow: (a: bigint, b: bigint) => a ** b,
  abs: (a: bigint) => abs(a),
  sign: (a: bigint) => (a > 0n ? 1n : a < 0n ? -1n : 0n),
  div: (a: bigint, b: bigint) => nonZero(b, () => divHalfAway(a, b)),
  div_up: (a: bigint, b: bigint) => nonZero(b, () => divAway(a, b)),
  div_down: (a: bigint, b: bigint) => nonZero(b, () => a / b),
  div_floor: (a: bigint, b: bigint) => nonZero(b, () => divFloor(a, b)),
  mod: (a: bigint, b: bigint) => nonZero(b, () => modulo(a, b)),
  clamp: (x: bigint, lo: bigint, hi: bigint) => (x < lo ? lo : x > hi ? hi : x),
  add_days: (day: bigint, n: bigint) => inDays(day + n),
  add_us: (at: bigint, us: bigint) => inInstants(at + us),
  fits_int64: (a: bigint) => (isInt64(a) ? a : null),
  whole_days: (us: bigint) => (us % DAY_US === 0n ? us / DAY_US : null),
  civil_year: (day: bigint) => civilOf(day).year,
  civil_month: (day: bigint) => civilOf(day).month,
  civil_day: (day: bigint) => civilOf(day).day,
  weekday: (day: bigint) => weekday(day),
  iso_week: (day: bigint) => isoWeek(day),
  make_date: (y: bigint, m: bigint, d: bigint) => makeDate(y, m, d),
  add_months: (day: bigint, n: bigint) => addMonths(day, n),
  month_end: (day: bigint, n: bigint) => monthEnd(day, n),
  eq: (x: Value, y: Value) => x === y,
  ne: (x: Value, y: Value) => x !== y,
  lt: (x: Value, y: Value) => compareValues(x, y) < 0,
  le: (x: Value, y: Value) => compareValues(x, y) <= 0,
  gt: (x: Value, y: Value) => compareValues(x, y) > 0,
  ge: (x: Value, y: Value) => compareValues(x, y) >= 0,
  not: (p: boolean) => !p,
  left: (text: string, n: bigint) => (n <= 0n ? null : points(text, 0, Number(n)) || null),
  right: (text: string, n: bigint) => (n <= 0n ? null : points(text, Math.max(0, [...text].length - Number(n))) || null),
  mid: (text: string, start: bigint, n: bigint) =>
    start < 1n || n <= 0n ? null : points(text, Number(start) - 1, Number(start) - 1 + Number(n)) || null,
  matches,
  contains: (text: string, part: string) => text.includes(part),
  starts_with: (text: string, part: string) => text.startsWith(part),
  ends_with: (text: string, part: string) => text.endsWith(part),
  trim: (text: string) => trim(text) || null,
  upper: (text: string) => text.replace(/[a-z]/g, (letter) => letter.toUpperCase()),
  lower: (text: string) => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase()),
}

const present = (args: readonly Value[]) => args.filter((value) => value !== null)
const extreme = (args: readonly Value[], sign: 1 | -1) =>
  present(args).reduce<Value>((best, value) => (best === null || compareValues(value, best) * sign > 0 ? value : best), null)

/** Three-valued: an unknown only decides nothing. */
function kleene(args: readonly Value[], decisive: boolean): Value {
  if (args.includes(decisive)) return decisive
  return args.includes(null) ? null : !decisive
}

const equal = (x: Value, y: Value): Value => (x === null || y === null ? null : x === y)
const order = (x: Value, y: Value, test: (sign: number) => boolean): Value => (x === null || y === null ? null : test(compareValues(x, y)))

export const LENIENT: Record<string, Lenient> = {
  and: (args) => kleene(args, false),
  or: (args) => kleene(args, true),
  in: ([x = null, ...options]) =>
    kleene(
      options.map((option) => equal(x, option)),
      true,
    ),
  between: ([x = null, lo = null, hi = null]) => kleene([order(x, lo, (sign) => sign >= 0), order(x, hi, (sign) => sign <= 0)], false),
  is_null: ([x = null]) => x === null,
  coalesce: (args) => present(args)[0] ?? null,
  least: (args) => extreme(args, -1),
  greatest: (args) => extreme(args, 1),
  total: (args) => present(args).reduce<bigint>((sum, value) => sum + (value as bigint), 0n),
  filled: (args) => BigInt(present(args).length),
  concat: (args) => present(args).join('') || null,
  length: ([text = null]) => (text === null ? 0n : BigInt([...(text as string)].length)),
}
