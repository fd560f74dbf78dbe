// Places in a text: the server counts code points, the browser UTF-16 units.

/** The UTF-16 place of a code point; beyond the end is the end. */
export function toUnits(text: string, points: number): number {
  let unit = 0
  for (let point = 0; point < points && unit < text.length; point += 1) unit += (text.codePointAt(unit) ?? 0) > 0xffff ? 2 : 1
  return unit
}

/** How many code points lie before a UTF-16 place. */
export function toPoints(text: string, units: number): number {
  let points = 0
  for (let unit = 0; unit < Math.min(units, text.length); points += 1) unit += (text.codePointAt(unit) ?? 0) > 0xffff ? 2 : 1
  return points
}

export interface Range {
  readonly from: number
  readonly to: number
}

/** A span of the server as a range here; without a place it is the whole text. */
export function toRange(text: string, start: number | null, end: number | null): Range {
  if (start === null || end === null) return { from: 0, to: text.length }
  return { from: toUnits(text, start), to: toUnits(text, end) }
}
