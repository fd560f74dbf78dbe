// Dates and times in words; business time comes from the server, never from this machine's clock.
import { currentLanguage } from '../i18n/language'

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone
let skewMs = 0
let factor = 1
let anchorMs = 0

/** Sets business time from what the server says; `speed` is its speed-up factor. */
export function setBusinessClock(nowIso: string, speed = 1): void {
  anchorMs = Date.now()
  skewMs = Date.parse(nowIso) - anchorMs
  factor = speed
}

export function businessNow(): number {
  const real = Date.now()
  return real + skewMs + (factor - 1) * (real - anchorMs)
}

export function clockFactor(): number {
  return factor
}

function parts(iso: string, options: Intl.DateTimeFormatOptions): string {
  const at = new Date(iso)
  if (Number.isNaN(at.getTime())) return iso
  return new Intl.DateTimeFormat(currentLanguage() === 'en' ? 'en-GB' : 'zh-CN', { timeZone: zone, hourCycle: 'h23', ...options }).format(
    at,
  )
}

function isoParts(iso: string): { date: string; time: string } {
  const at = new Date(iso)
  // labels of periods (2026-W06, 2026-03) stand as they are
  if (iso.length < 10 || Number.isNaN(at.getTime())) return { date: iso, time: '' }
  const text = new Intl.DateTimeFormat('sv-SE', {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  }).format(at)
  const [date = '', time = ''] = text.split(' ')
  return { date, time }
}

/** 2026-02-08 */
export function formatDate(value: string | null | undefined): string {
  if (!value) return '—'
  return value.length === 10 ? value : isoParts(value).date
}

/** 2026-02-08 09:00 */
export function formatDateTime(value: string | null | undefined, withSeconds: 'seconds' | 'minutes' = 'minutes'): string {
  if (!value) return '—'
  const { date, time } = isoParts(value)
  return `${date} ${withSeconds === 'seconds' ? time : time.slice(0, 5)}`.trim()
}

/** Short form for lists: the time today, else month and day. */
export function formatShort(value: string | null | undefined): string {
  if (!value) return '—'
  const sameDay = isoParts(value).date === isoParts(new Date(businessNow()).toISOString()).date
  return sameDay
    ? isoParts(value).time.slice(0, 5)
    : parts(value, { month: currentLanguage() === 'en' ? 'short' : 'numeric', day: 'numeric', hour: '2-digit', minute: '2-digit' })
}

export interface Span {
  readonly days: number
  readonly hours: number
  readonly minutes: number
  readonly seconds: number
}

export function spanOf(milliseconds: number): Span {
  const total = Math.floor(Math.abs(milliseconds) / 1000)
  return {
    days: Math.floor(total / 86_400),
    hours: Math.floor(total / 3600) % 24,
    minutes: Math.floor(total / 60) % 60,
    seconds: total % 60,
  }
}

/** Local wall time of a datetime-local input to an ISO instant with offset. */
export function instantOf(local: string): string | null {
  const at = new Date(local)
  if (Number.isNaN(at.getTime())) return null
  const offset = -at.getTimezoneOffset()
  const sign = offset < 0 ? '-' : '+'
  const two = (n: number) => String(Math.floor(Math.abs(n))).padStart(2, '0')
  const seconds = local.length === 16 ? `${local}:00` : local
  return `${seconds}${sign}${two(offset / 60)}:${two(offset % 60)}`
}

/** An ISO instant as the value of a datetime-local input. */
export function localOf(iso: string): string {
  const { date, time } = isoParts(iso)
  return time ? `${date}T${time.slice(0, 5)}` : ''
}
