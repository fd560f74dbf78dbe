// A form that belongs to a card starts with what the card fills in, else with its defaults.
import type { FormDescriptor, Given } from '../../api/types'
import { defaultsOf } from './rules'
import { inputsOf, type Inputs } from './values'

export function startFor(form: FormDescriptor, given: Given): Inputs {
  return inputsOf(form.fields, { ...defaultsOf(form), ...given.values }, given.display_values ?? {})
}
