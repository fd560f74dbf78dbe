// Integer arithmetic of the language on BigInt: division rounds half away from zero, remainders follow Excel.

export const INT64_MAX = 2n ** 63n - 1n

export const abs = (a: bigint): bigint => (a < 0n ? -a : a)
export const isInt64 = (a: bigint): boolean => a >= -INT64_MAX && a <= INT64_MAX

/** The nearest integer to a / b; ties go away from zero (四舍五入). b is not 0. */
export function divHalfAway(a: bigint, b: bigint): bigint {
  const negative = a < 0n !== b < 0n
  const [numerator, denominator] = [abs(a), abs(b)]
  const quotient = (2n * numerator + denominator) / (2n * denominator)
  return negative ? -quotient : quotient
}

export function divFloor(a: bigint, b: bigint): bigint {
  const quotient = a / b
  return a % b !== 0n && a < 0n !== b < 0n ? quotient - 1n : quotient
}

export function divAway(a: bigint, b: bigint): bigint {
  const quotient = a / b
  if (a % b === 0n) return quotient
  return a < 0n !== b < 0n ? quotient - 1n : quotient + 1n
}

/** The remainder with the sign of b. */
export function modulo(a: bigint, b: bigint): bigint {
  const rest = a % b
  return rest !== 0n && rest < 0n !== b < 0n ? rest + b : rest
}

/** Decimal text to an integer scaled by 10**scale. */
export function scaled(text: string, scale: number): bigint | null {
  const found = /^([+-]?)(\d+)(?:\.(\d+))?$/.exec(text.trim())
  if (!found) return null
  const part = found[3] ?? ''
  const all = BigInt((found[2] ?? '') + part)
  const raw = part.length <= scale ? all * 10n ** BigInt(scale - part.length) : divHalfAway(all, 10n ** BigInt(part.length - scale))
  return found[1] === '-' ? -raw : raw
}

/** An integer scaled by 10**scale as decimal text without trailing zeros. */
export function unscaled(raw: bigint, scale: number): string {
  const digits = abs(raw)
    .toString()
    .padStart(scale + 1, '0')
  const part = scale ? digits.slice(-scale).replace(/0+$/, '') : ''
  return `${raw < 0n ? '-' : ''}${scale ? digits.slice(0, -scale) : digits}${part ? `.${part}` : ''}`
}
