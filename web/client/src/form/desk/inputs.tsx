// Desk widgets: Ant Design controls; dates can always be typed.
import { DatePicker, Input, Radio, Select } from 'antd'
import dayjs from 'dayjs'
import { useTranslation } from '../../i18n/useTranslation'
import { label } from '../../i18n/label'
import { readDate } from '../model/values'
import type { WidgetProps } from '../widgets'
import styles from './DeskForm.module.css'

function shared(props: WidgetProps) {
  return {
    id: props.id,
    'aria-describedby': props.describedBy,
    'aria-invalid': props.invalid || undefined,
    onBlur: props.onLeave,
    ...(props.invalid ? { status: 'error' as const } : {}),
  }
}

const textOf = (props: WidgetProps) => (typeof props.input === 'string' ? props.input : '')

export function TextInput(props: WidgetProps) {
  return (
    <Input
      {...shared(props)}
      value={textOf(props)}
      disabled={props.readOnly}
      onChange={(event) => props.onInput(event.target.value)}
      autoComplete="off"
    />
  )
}

export function LongTextInput(props: WidgetProps) {
  return (
    <Input.TextArea
      {...shared(props)}
      rows={3}
      className={styles.long ?? ''}
      value={textOf(props)}
      disabled={props.readOnly}
      onChange={(event) => props.onInput(event.target.value)}
    />
  )
}

export function NumberInput(props: WidgetProps) {
  const { t } = useTranslation('form')
  const percent = props.field.type === 'percent'
  return (
    <Input
      {...shared(props)}
      className="num"
      inputMode={props.field.type === 'integer' ? 'numeric' : 'decimal'}
      value={textOf(props)}
      disabled={props.readOnly}
      placeholder={percent ? t('percentHint') : undefined}
      suffix={
        percent ? '%' : props.field.unit && props.field.unit !== 'ratio' ? <span className="muted">{props.field.unit}</span> : undefined
      }
      onChange={(event) => props.onInput(event.target.value)}
      autoComplete="off"
    />
  )
}

/** A date that is typed or picked; what was typed stays until it reads as a date. */
export function DateInput(props: WidgetProps) {
  const { t } = useTranslation('form')
  const text = textOf(props)
  const read = readDate(text)
  return (
    <DatePicker
      {...shared(props)}
      value={read ? dayjs(read) : null}
      disabled={props.readOnly}
      placeholder={t('dateHint')}
      format={['YYYY-MM-DD', 'YYYY-M-D', 'YYYY/M/D', 'YYYYMMDD', 'YYYY年M月D日']}
      onChange={(value) => props.onInput(value ? value.format('YYYY-MM-DD') : null)}
      preserveInvalidOnBlur
    />
  )
}

export function DateTimeInput(props: WidgetProps) {
  const text = textOf(props)
  const value = text ? dayjs(text.replace(' ', 'T')) : null
  return (
    <DatePicker
      {...shared(props)}
      showTime={{ format: 'HH:mm' }}
      value={value?.isValid() ? value : null}
      disabled={props.readOnly}
      placeholder="2026-02-08 09:00"
      format="YYYY-MM-DD HH:mm"
      onChange={(next) => props.onInput(next ? next.format('YYYY-MM-DD HH:mm') : null)}
    />
  )
}

const FEW = 5

export function ChoiceInput(props: WidgetProps) {
  const { t } = useTranslation('form')
  const options = (props.field.options ?? []).map((option) => ({ value: option.id, label: label(option.label, option.id) }))
  if (options.length <= FEW) {
    return (
      <Radio.Group
        id={props.id}
        options={options}
        value={props.input}
        disabled={props.readOnly}
        onChange={(event) => props.onInput(event.target.value as string)}
        aria-labelledby={`${props.id}-label`}
      />
    )
  }
  return (
    <Select
      {...shared(props)}
      options={options}
      value={textOf(props) || null}
      disabled={props.readOnly}
      placeholder={t('choose')}
      allowClear
      showSearch={{ optionFilterProp: 'label' }}
      onChange={(value: string | undefined) => props.onInput(value ?? null)}
    />
  )
}

export function BooleanInput(props: WidgetProps) {
  const { t } = useTranslation()
  const options = [
    { value: true, label: t('yes') },
    { value: false, label: t('no') },
  ]
  return (
    <Radio.Group
      id={props.id}
      options={options}
      value={props.input}
      disabled={props.readOnly}
      onChange={(event) => props.onInput(event.target.value as boolean)}
      aria-labelledby={`${props.id}-label`}
    />
  )
}
