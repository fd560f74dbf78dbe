// What a form opened by a link starts with: its defaults, and the values the link gives.
import type { FieldDescriptor, FormDescriptor, LookupItem } from '../api/types'
import { defaultsOf, isFillable } from '../form/model/rules'
import { inputsOf, isFile, isReference, type Input, type Inputs } from '../form/model/values'

type Find = (field: FieldDescriptor, text: string, limit: number) => Promise<readonly LookupItem[]>

const NOT_TYPED = new Set(['child_table', 'tree', 'reference_list', 'any_reference'])

/** Only fields of the form are taken; a reference is found by what the code says, if that is one record. */
export async function startOf(form: FormDescriptor, given: Readonly<Record<string, string>>, find: Find): Promise<Inputs> {
  const start: Record<string, Input> = { ...inputsOf(form.fields, defaultsOf(form)) }
  for (const field of form.fields) {
    const text = given[field.key]
    if (!text || !isFillable(field) || NOT_TYPED.has(field.type) || isFile(field.type)) continue
    if (isReference(field.type)) start[field.key] = onlyOne(await find(field, text, 3), text)
    else if (field.type === 'multi_choice') start[field.key] = text.split(',')
    else start[field.key] = field.type === 'boolean' ? text === 'true' : text
  }
  return start
}

function onlyOne(found: readonly LookupItem[], text: string): LookupItem | null {
  return found.find((item) => item.uid === text) ?? (found.length === 1 ? (found[0] ?? null) : null)
}
