// One Ant Design widget per field type.
import { lazy } from 'react'
import { TreeEditor } from '../tree/TreeEditor'
import type { Widgets } from '../widgets'
import { BooleanInput, ChoiceInput, DateInput, DateTimeInput, LongTextInput, NumberInput, TextInput } from './inputs'
import { anyOf } from '../more/AnyReference'
import { Computed } from '../more/Computed'
import { DurationInput } from '../more/DurationInput'
import { listOf, MultiChoiceInput } from '../more/lists'
import { LocationInput, RegionInput } from '../more/places'
import { Picker } from './Picker'

const SignatureInput = lazy(() => import('../more/SignatureInput'))
const FileInput = lazy(() => import('../files/FileInput'))

export const deskWidgets: Widgets = {
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
  any_reference: anyOf(Picker),
  tree: TreeEditor,
  duration: DurationInput,
  multi_choice: MultiChoiceInput,
  reference_list: listOf(Picker),
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
