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
