// One native widget per field type.
import { lazy } from 'react'
import type { Widgets } from '../widgets'
import { BooleanInput, ChoiceInput, DateInput, DateTimeInput, LongTextInput, NumberInput, TextInput } from './inputs'
import { Computed } from '../more/Computed'

// seldom on a form, so not in what every phone loads
const Picker = lazy(() => import('./Picker').then((m) => ({ default: m.Picker })))
const TreeEditor = lazy(() => import('../tree/TreeEditor').then((m) => ({ default: m.TreeEditor })))
const LocationInput = lazy(() => import('../more/places').then((m) => ({ default: m.LocationInput })))
const RegionInput = lazy(() => import('../more/places').then((m) => ({ default: m.RegionInput })))
const DurationInput = lazy(() => import('../more/DurationInput').then((m) => ({ default: m.DurationInput })))
const MultiChoiceInput = lazy(() => import('../more/lists').then((m) => ({ default: m.MultiChoiceInput })))
const PickedList = lazy(() => import('../more/lists').then((m) => ({ default: m.listOf(Picker) })))
const AnyReference = lazy(() => import('../more/AnyReference').then((m) => ({ default: m.anyOf(Picker) })))
const SignatureInput = lazy(() => import('../more/SignatureInput'))
const FileInput = lazy(() => import('../files/FileInput'))

export const nativeWidgets: Widgets = {
  text: TextInput,
  long_text: LongTextInput,
  integer: NumberInput,
  decimal: NumberInput,
  money: NumberInput,
  percent: NumberInput,
  date: DateInput,
  datetime: DateTimeInput,
  boolean: BooleanInput,
  choice: ChoiceInput,
  person: Picker,
  department: Picker,
  reference: Picker,
  any_reference: AnyReference,
  tree: TreeEditor,
  duration: DurationInput,
  multi_choice: MultiChoiceInput,
  reference_list: PickedList,
  location: LocationInput,
  region: RegionInput,
  signature: SignatureInput,
  sequence: Computed,
  formula: Computed,
  lookup: Computed,
  rollup: Computed,
  incoming: Computed,
  file: FileInput,
  image: FileInput,
}
