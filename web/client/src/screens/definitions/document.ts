// Documents of entities: found among the files of everything defined, and changed field by field.

export interface FieldDocument {
  readonly key: string
  readonly type: string
  readonly label?: Readonly<Record<string, string>>
  readonly [part: string]: unknown
}

export interface EntityDocument {
  readonly kind: string
  readonly key: string
  readonly fields?: FieldDocument[]
  readonly unique?: string[][]
  readonly [part: string]: unknown
}

function parsed(text: string): EntityDocument | null {
  try {
    const found = JSON.parse(text) as EntityDocument
    return found.kind === 'entity' ? found : null
  } catch {
    return null // a file that is no JSON defines no entity
  }
}

/** The document of `pack.key` among files by path, a folder per pack. */
export function documentOf(files: Readonly<Record<string, string>>, name: string): EntityDocument | null {
  const [pack, key] = [name.slice(0, name.lastIndexOf('.')), name.slice(name.lastIndexOf('.') + 1)]
  for (const [path, text] of Object.entries(files)) {
    if (!path.startsWith(`${pack}/`) || !path.endsWith(`/${key}.json`)) continue
    const found = parsed(text)
    if (found?.key === key) return found
  }
  return null
}

/** The document with another field in place of one; what only the old type knew goes with it. */
export function withField(document: EntityDocument, key: string, change: Partial<FieldDocument>): EntityDocument {
  const fields = (document.fields ?? []).map((field) => {
    if (field.key !== key) return field
    if (change.type === undefined || change.type === field.type) return { ...field, ...change }
    const { key: name, label, help, required } = field
    return {
      key: name,
      ...(label ? { label } : {}),
      ...(help ? { help } : {}),
      ...(required === undefined ? {} : { required }),
      ...change,
    } as FieldDocument
  })
  return { ...document, fields }
}

export const withoutField = (document: EntityDocument, key: string): EntityDocument => ({
  ...document,
  fields: (document.fields ?? []).filter((field) => field.key !== key),
})

export const withAdded = (document: EntityDocument, field: FieldDocument): EntityDocument => ({ ...document, fields: [...(document.fields ?? []), field] })

/** The document with these fields together in no two records; without any, the part is left out. */
export function withUnique(document: EntityDocument, unique: string[][]): EntityDocument {
  const { unique: _, ...rest } = document
  return unique.length ? { ...rest, unique } : rest
}

const KEY = /^[a-z][a-z0-9_]{0,62}$/

/** A key for a new field: of its English name, else counted; what is added to a pack begins with `x_`. */
export function keyFor(english: string, taken: readonly string[]): string {
  const plain = english.trim().toLowerCase().replace(/[^a-z0-9]+/g, '_').replace(/^_+|_+$/g, '').slice(0, 40)
  const base = `x_${plain || 'field'}`
  const free = [base, ...taken.map((_, n) => `${base}_${n + 2}`)].find((key) => !taken.includes(key))
  return free ?? base
}

export const keyFault = (key: string, taken: readonly string[]): 'badKey' | 'takenKey' | null => (!KEY.test(key) ? 'badKey' : taken.includes(key) ? 'takenKey' : null)

/** What some types need to be said besides: options by name, or the kind of record pointed to. */
export interface Settings {
  readonly options: string // one a line
  readonly entity: string
}

export const OPTIONED = new Set(['choice', 'multi_choice'])
export const TARGETED = new Set(['reference', 'reference_list'])

const linesOf = (text: string) => [...new Set(text.split('\n').map((line) => line.trim()).filter(Boolean))]

export const settingsFault = (type: string, { options, entity }: Settings): 'needOptions' | 'needEntity' | null =>
  OPTIONED.has(type) && linesOf(options).length === 0 ? 'needOptions' : TARGETED.has(type) && !entity ? 'needEntity' : null

/** The settings as parts of the document; an option that is there already keeps its id. */
export function partsOf(type: string, { options, entity }: Settings, before?: FieldDocument): Partial<FieldDocument> {
  if (TARGETED.has(type)) return { entity }
  if (!OPTIONED.has(type)) return {}
  const known = (before?.['options'] ?? []) as { id: string; label: Record<string, string> }[]
  const ids = new Set(known.map((one) => one.id))
  const fresh = () => {
    let n = ids.size + 1
    while (ids.has(`o${n}`)) n += 1
    ids.add(`o${n}`)
    return `o${n}`
  }
  return { options: linesOf(options).map((line) => known.find((one) => Object.values(one.label).includes(line)) ?? { id: fresh(), label: { 'zh-CN': line } }) }
}

export function settingsOf(field: FieldDocument | undefined): Settings {
  const options = ((field?.['options'] ?? []) as { label: Record<string, string> }[]).map((one) => one.label['zh-CN'] ?? one.label['en'] ?? '')
  return { options: options.join('\n'), entity: (field?.['entity'] as string | undefined) ?? '' }
}
