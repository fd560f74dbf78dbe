// One Ant Design widget per field type.
import { lazy } from 'react'
import { TreeEditor } from '../tree/TreeEditor'
import type { Widgets } from '../widgets'
import { BooleanInput, ChoiceInput, DateInput, DateTimeInput, LongTextInput, NumberInput, TextInput } from './inputs'
import { Picker } from './Picker'

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
  tree: TreeEditor,
  file: FileInput,
  image: FileInput,
}
