// One Ant Design widget per field type.
import { TreeEditor } from '../tree/TreeEditor'
import type { Widgets } from '../widgets'
import { BooleanInput, ChoiceInput, DateInput, DateTimeInput, LongTextInput, NumberInput, TextInput } from './inputs'
import { Picker } from './Picker'

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
}
