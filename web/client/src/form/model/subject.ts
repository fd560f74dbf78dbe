// A form that belongs to a case starts with the case's subject, where exactly one field can hold it.
import type { FormDescriptor, RecordRef } from '../../api/types'
import { defaultsOf } from './rules'
import { inputsOf, isReference, type Inputs } from './values'

export function startFor(form: FormDescriptor, subject: RecordRef | null | undefined): Inputs {
  const start = inputsOf(form.fields, defaultsOf(form))
  const fitting = form.fields.filter((field) => isReference(field.type) && field.entity === subject?.entity)
  const [only] = fitting
  if (!subject || !only || fitting.length > 1 || start[only.key]) return start
  return { ...start, [only.key]: { uid: subject.uid, display: subject.display } }
}
