// Phone widgets: the browser's own controls, big enough for a gloved thumb.
import { useTranslation } from '../../i18n/useTranslation'
import { label } from '../../i18n/label'
import type { WidgetProps } from '../widgets'
import styles from './Native.module.css'

function shared(props: WidgetProps) {
  return {
    id: props.id,
    className: styles.control,
    'aria-describedby': props.describedBy,
    'aria-invalid': props.invalid || undefined,
    'aria-required': props.required || undefined,
    onBlur: props.onLeave,
  }
}

const textOf = (props: WidgetProps) => (typeof props.input === 'string' ? props.input : '')

export function TextInput(props: WidgetProps) {
  return (
    <input
      type="text"
      {...shared(props)}
      value={textOf(props)}
      readOnly={props.readOnly}
      onChange={(event) => props.onInput(event.target.value)}
      autoComplete="off"
    />
  )
}

export function LongTextInput(props: WidgetProps) {
  return (
    <textarea
      rows={3}
      {...shared(props)}
      value={textOf(props)}
      readOnly={props.readOnly}
      onChange={(event) => props.onInput(event.target.value)}
    />
  )
}

export function NumberInput(props: WidgetProps) {
  const { t } = useTranslation('form')
  const percent = props.field.type === 'percent'
  const suffix = percent ? '%' : props.field.unit === 'ratio' ? '' : props.field.unit
  return (
    <span className={styles.withUnit}>
      <input
        type="text"
        inputMode={props.field.type === 'integer' ? 'numeric' : 'decimal'}
        {...shared(props)}
        value={textOf(props)}
        readOnly={props.readOnly}
        placeholder={percent ? t('percentHint') : undefined}
        onChange={(event) => props.onInput(event.target.value)}
        autoComplete="off"
      />
      {suffix && <span className={styles.unit}>{suffix}</span>}
    </span>
  )
}

export function DateInput(props: WidgetProps) {
  return (
    <input
      type="date"
      {...shared(props)}
      value={textOf(props)}
      readOnly={props.readOnly}
      onChange={(event) => props.onInput(event.target.value || null)}
    />
  )
}

export function DateTimeInput(props: WidgetProps) {
  return (
    <input
      type="datetime-local"
      {...shared(props)}
      value={textOf(props).replace(' ', 'T')}
      readOnly={props.readOnly}
      onChange={(event) => props.onInput(event.target.value.replace('T', ' ') || null)}
    />
  )
}

const FEW = 6

export function ChoiceInput(props: WidgetProps) {
  const { t } = useTranslation('form')
  const options = props.field.options ?? []
  if (options.length > FEW) {
    return (
      <select
        {...shared(props)}
        value={textOf(props)}
        disabled={props.readOnly}
        onChange={(event) => props.onInput(event.target.value || null)}
      >
        <option value="">{t('choose')}</option>
        {options.map((option) => (
          <option key={option.id} value={option.id}>
            {label(option.label, option.id)}
          </option>
        ))}
      </select>
    )
  }
  return (
    <div
      id={props.id}
      className={styles.options}
      role="radiogroup"
      aria-labelledby={`${props.id}-label`}
      aria-describedby={props.describedBy}
      aria-invalid={props.invalid || undefined}
    >
      {options.map((option) => (
        <label key={option.id} className={styles.option}>
          <input
            type="radio"
            name={props.id}
            checked={props.input === option.id}
            disabled={props.readOnly}
            onChange={() => props.onInput(option.id)}
            onBlur={props.onLeave}
          />
          {label(option.label, option.id)}
        </label>
      ))}
    </div>
  )
}

export function BooleanInput(props: WidgetProps) {
  const { t } = useTranslation()
  return (
    <div
      id={props.id}
      className={styles.options}
      role="radiogroup"
      aria-labelledby={`${props.id}-label`}
      aria-describedby={props.describedBy}
    >
      {[true, false].map((value) => (
        <label key={String(value)} className={styles.option}>
          <input
            type="radio"
            name={props.id}
            checked={props.input === value}
            disabled={props.readOnly}
            onChange={() => props.onInput(value)}
            onBlur={props.onLeave}
          />
          {value ? t('yes') : t('no')}
        </label>
      ))}
    </div>
  )
}
