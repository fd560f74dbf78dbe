// Exact decimals as text: the client never turns a server number into a float to show it.

const NUMBER = /^([+-]?)(\d+)(?:\.(\d+))?$/

/** Full-width digits and signs to plain ones; thousands commas and blanks dropped. */
export function plainDigits(text: string): string {
  return text
    .trim()
    .replace(/[０-９]/g, (digit) => String.fromCharCode(digit.charCodeAt(0) - 0xfee0))
    .replace(/[．。]/g, '.')
    .replace(/[－−]/g, '-')
    .replace(/[％]/g, '%')
    .replace(/[,，\s]/g, '')
}

/** Canonical decimal text ("1.50" -> "1.5"), or null when it is not a number. */
export function parseDecimal(text: string): string | null {
  const found = NUMBER.exec(
    plainDigits(text)
      .replace(/^(-?)\./, '$10.')
      .replace(/\.$/, ''),
  )
  if (!found) return null
  const whole = (found[2] ?? '0').replace(/^0+(?=\d)/, '')
  const part = (found[3] ?? '').replace(/0+$/, '')
  const digits = part ? `${whole}.${part}` : whole
  return found[1] === '-' && digits !== '0' ? `-${digits}` : digits
}

/** Moves the decimal point: shift("0.3", 2) is "30". */
export function shift(text: string, places: number): string {
  const value = parseDecimal(text)
  if (value === null) return text
  const negative = value.startsWith('-')
  const [whole = '0', part = ''] = value.replace('-', '').split('.')
  const at = whole.length + places
  const digits = whole + part
  const moved = at <= 0 ? `0.${'0'.repeat(-at)}${digits}` : `${digits.padEnd(at, '0').slice(0, at)}.${digits.slice(at)}`
  return parseDecimal((negative ? '-' : '') + moved) ?? text
}

/** Rounds half away from zero to so many decimals, keeping trailing zeros. */
export function round(text: string, decimals: number): string {
  const value = parseDecimal(text)
  if (value === null) return text
  const negative = value.startsWith('-')
  const [whole = '0', part = ''] = value.replace('-', '').split('.')
  const kept = BigInt(whole + part.slice(0, decimals).padEnd(decimals, '0'))
  const up = Number(part[decimals] ?? '0') >= 5 ? 1n : 0n
  const digits = (kept + up).toString().padStart(decimals + 1, '0')
  const shown = decimals ? `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}` : digits
  return negative && /[1-9]/.test(shown) ? `-${shown}` : shown
}

/** -1, 0 or 1. */
export function compare(left: string, right: string): number {
  const scale = Math.max(decimalsOf(left), decimalsOf(right))
  const difference = BigInt(shift(left, scale)) - BigInt(shift(right, scale))
  return difference === 0n ? 0 : difference < 0n ? -1 : 1
}

export function decimalsOf(text: string): number {
  return (parseDecimal(text)?.split('.')[1] ?? '').length
}

/** For people: thousands separated, a true minus sign. */
export function group(text: string): string {
  const [whole = '', part] = text.replace('-', '').split('.')
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',')
  return `${text.startsWith('-') ? '−' : ''}${grouped}${part === undefined ? '' : `.${part}`}`
}

const NO_SUFFIX = new Set(['ratio', 'none', ''])

/**
 * A number with its unit: percent as 93.2%, ratio bare, everything else with the unit behind.
 * `decimals` counts those of the stored value, so a percent shows two fewer.
 */
export function formatNumber(
  value: string | number | null | undefined,
  style: { decimals?: number | null; unit?: string | null; type?: string } = {},
): string {
  if (value === null || value === undefined || value === '') return '—'
  const text = parseDecimal(String(value))
  if (text === null) return String(value)
  const percent = style.type === 'percent' || style.unit === 'percent'
  const moved = percent ? shift(text, 2) : text
  const decimals =
    style.decimals === null || style.decimals === undefined ? null : percent ? Math.max(0, style.decimals - 2) : style.decimals
  const shown = group(decimals === null ? moved : round(moved, decimals))
  if (percent) return `${shown}%`
  if (!style.unit || NO_SUFFIX.has(style.unit)) return shown
  return style.unit === '%' ? `${shown}%` : `${shown} ${style.unit}`
}
