// What a grant of a role says of each field, read and changed; and how a value looks through it.
export type Sight = 'shown' | 'read_only' | 'masked' | 'hidden'
export const SIGHTS: readonly Sight[] = ['shown', 'read_only', 'masked', 'hidden']

export interface MaskDocument {
  readonly first?: number
  readonly last?: number
}

export interface GrantDocument {
  readonly entity: string
  readonly actions: readonly string[]
  readonly rows: string
  readonly formula?: string
  readonly hidden_fields?: readonly string[]
  readonly masked_fields?: readonly string[]
  readonly read_only_fields?: readonly string[]
  readonly masks?: Readonly<Record<string, MaskDocument>>
  readonly new_fields?: Sight
  readonly known_fields?: readonly string[]
}

export interface RoleDocument {
  readonly kind: string
  readonly key: string
  readonly label?: Readonly<Record<string, string>>
  readonly grants: readonly GrantDocument[]
  readonly admin?: boolean
  readonly [part: string]: unknown
}

const LISTS = { hidden: 'hidden_fields', masked: 'masked_fields', read_only: 'read_only_fields' } as const
const BARS = ['hidden', 'masked', 'read_only'] as const
const MASKABLE = new Set(['text', 'long_text'])
const LEAST_HIDDEN = 3 // a text of which less would be out of sight is not shown in part
export const MOST_SHOWN = 10

export const isMaskable = (type: string) => MASKABLE.has(type)

/** Roles by their full name, among files by path with a folder per pack. */
export function rolesOf(files: Readonly<Record<string, string>>): Record<string, RoleDocument> {
  const found: Record<string, RoleDocument> = {}
  for (const [path, text] of Object.entries(files)) {
    if (!path.includes('/roles/')) continue
    const document = JSON.parse(text) as RoleDocument
    if (document.kind === 'role') found[`${path.slice(0, path.indexOf('/'))}.${document.key}`] = document
  }
  return found
}

/** A grant names the entities of its own pack by their short name. */
export function fullName(pack: string, entity: string, known: readonly string[]): string {
  return known.includes(`${pack}.${entity}`) ? `${pack}.${entity}` : entity
}

/** Later than the grant are the fields it names nowhere; its `new_fields` speaks of them. */
export function sightOf(grant: GrantDocument, key: string): Sight {
  const bar = BARS.find((one) => grant[LISTS[one]]?.includes(key))
  if (bar) return bar
  return grant.known_fields?.includes(key) ? 'shown' : (grant.new_fields ?? 'shown')
}

/** Empty lists are not written down. */
function tidied(grant: GrantDocument): GrantDocument {
  const isThere = (value: unknown) => value !== undefined && (typeof value !== 'object' || Object.keys(value as object).length > 0)
  return Object.fromEntries(Object.entries(grant).filter(([, value]) => isThere(value))) as unknown as GrantDocument
}

const without = (keys: readonly string[] | undefined, key: string) => (keys ?? []).filter((one) => one !== key)

export function withSight(grant: GrantDocument, key: string, sight: Sight): GrantDocument {
  const { [key]: mask, ...masks } = grant.masks ?? {}
  const lists = Object.fromEntries(
    BARS.map((bar) => [LISTS[bar], bar === sight ? [...without(grant[LISTS[bar]], key), key] : without(grant[LISTS[bar]], key)]),
  )
  const known = grant.new_fields && grant.new_fields !== 'shown' ? [...without(grant.known_fields, key), key] : []
  return tidied({ ...grant, ...lists, masks: mask && sight === 'masked' ? { ...masks, [key]: mask } : masks, known_fields: known })
}

export function withMask(grant: GrantDocument, key: string, mask: MaskDocument): GrantDocument {
  const { [key]: _, ...masks } = grant.masks ?? {}
  const kept = Object.fromEntries(Object.entries(mask).filter(([, signs]) => signs > 0)) as MaskDocument
  return tidied({ ...grant, masks: Object.keys(kept).length ? { ...masks, [key]: kept } : masks })
}

/** What is to happen to fields that come later; those of today are written down as known. */
export function withNewFields(grant: GrantDocument, sight: Sight, keys: readonly string[]): GrantDocument {
  const settled = keys.reduce((so, key) => withSight(so, key, sightOf(grant, key)), grant)
  const { new_fields: _, known_fields: __, ...rest } = settled
  return tidied(sight === 'shown' ? rest : { ...rest, new_fields: sight, known_fields: keys })
}

export const withGrant = (role: RoleDocument, at: number, grant: GrantDocument): RoleDocument => ({
  ...role,
  grants: role.grants.map((one, index) => (index === at ? grant : one)),
})

/** Both ends of a text, as the server lets them through. */
export function maskedText(value: unknown, mask: MaskDocument | undefined): string {
  const { first = 0, last = 0 } = mask ?? {}
  const signs = typeof value === 'string' ? Array.from(value) : []
  if (first + last === 0 || signs.length - first - last < LEAST_HIDDEN) return '***'
  return `${signs.slice(0, first).join('')}****${signs.slice(signs.length - last).join('')}`
}
