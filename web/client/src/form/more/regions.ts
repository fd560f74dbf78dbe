// The administrative divisions of China: the same table the server checks against, loaded when needed.
export type Regions = Readonly<Record<string, string>>

export const loadRegions = (): Promise<Regions> => import('../../../../../builder/fields/regions.json').then((found) => found.default)

/** The codes from the province down to this one. */
export function chainOf(regions: Regions, code: string): string[] {
  return [...new Set([`${code.slice(0, 2)}0000`, `${code.slice(0, 4)}00`, code])].filter((each) => each in regions)
}

function below(regions: Regions, under: string): string[] {
  return Object.keys(regions).filter((code) => {
    const above = chainOf(regions, code)
    return (above.at(-2) ?? '') === under
  })
}

export interface Level {
  readonly under: string // '' for the provinces
  readonly chosen: string
  readonly codes: readonly string[]
}

/** One list per level that can still be chosen from. */
export function levelsOf(regions: Regions, code: string | null): Level[] {
  const chain = code ? chainOf(regions, code) : []
  return ['', ...chain]
    .map((under, depth) => ({ under, chosen: chain[depth] ?? '', codes: below(regions, under) }))
    .filter((level) => level.codes.length > 0)
}
