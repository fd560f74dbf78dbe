// Search in the lists of fields and functions: names first, then how they sound, then what they are for.
interface Findable {
  readonly words: readonly string[]
  readonly doc?: string
}

function rank(one: Findable, small: string): number | null {
  if (one.words.includes(small)) return 0
  if (one.words.some((word) => word.startsWith(small))) return 1
  if (one.words.some((word) => word.includes(small))) return 2
  return one.doc?.toLowerCase().includes(small) ? 3 : null
}

/** Those that fit, best first; all in their order when nothing is asked for. */
export function find<T extends Findable>(list: readonly T[], typed: string): readonly T[] {
  const small = typed.trim().toLowerCase()
  if (!small) return list
  return list
    .flatMap((one) => {
      const fit = rank(one, small)
      return fit === null ? [] : [{ one, fit }]
    })
    .sort((left, right) => left.fit - right.fit)
    .map(({ one }) => one)
}
