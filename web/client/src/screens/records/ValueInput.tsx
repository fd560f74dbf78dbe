// One value typed outside of a form: for a condition, a bulk change, a link that fixes it.
import { Select } from 'antd'
import { Suspense } from 'react'
import { useTranslation } from '../../i18n/useTranslation'
import '../../i18n/life'
import type { FieldDescriptor } from '../../api/types'
import { deskWidgets } from '../../form/desk/widgets'
import type { Input } from '../../form/model/values'
import { label } from '../../i18n/label'

interface Props {
  readonly id: string
  readonly field: FieldDescriptor
  readonly input: Input
  readonly onInput: (input: Input) => void
  readonly label: string
  readonly invalid?: boolean
}

/** Few options are buttons in a form; in a row of controls they are a list. */
function Options({ id, field, input, onInput, label: words }: Props) {
  const { t } = useTranslation()
  const options =
    field.type === 'boolean'
      ? [
          { value: 'yes', label: t('yes') },
          { value: 'no', label: t('no') },
        ]
      : (field.options ?? []).map((option) => ({ value: option.id, label: label(option.label, option.id) }))
  const value = field.type === 'boolean' ? (input === true ? 'yes' : input === false ? 'no' : null) : (input as string | null)
  return (
    <Select
      id={id}
      aria-label={words}
      value={value}
      options={options}
      allowClear
      showSearch={{ optionFilterProp: 'label' }}
      onChange={(chosen: string | undefined) => onInput(chosen === undefined ? null : field.type === 'boolean' ? chosen === 'yes' : chosen)}
    />
  )
}

export function ValueInput(props: Props) {
  const { t } = useTranslation('life')
  const { id, field, input, onInput, label: words, invalid = false } = props
  if (field.type === 'tags')
    return (
      <Select
        id={id}
        mode="tags"
        aria-label={words}
        value={(input ?? []) as string[]}
        onChange={(texts: string[]) => onInput(texts)}
        placeholder={t('list.tags')}
        open={false}
        suffixIcon={null}
      />
    )
  if (field.type === 'choice' || field.type === 'boolean') return <Options {...props} />
  const Widget = deskWidgets[field.type]
  if (!Widget) return null
  return (
    <Suspense>
      <label id={`${id}-label`} htmlFor={id} className="visually-hidden">
        {words}
      </label>
      <Widget
        id={id}
        field={field}
        input={input}
        onInput={onInput}
        onLeave={() => undefined}
        describedBy={undefined}
        invalid={invalid}
        readOnly={false}
        required={false}
      />
    </Suspense>
  )
}
