// Several values at once: ticked options, and records found one after the other.
import type { ComponentType } from 'react'
import type { LookupItem } from '../../api/types'
import { label } from '../../i18n/label'
import { useTranslation } from '../../i18n/useTranslation'
import type { WidgetProps } from '../widgets'
import styles from './More.module.css'

export function MultiChoiceInput(props: WidgetProps) {
  const chosen = (props.input ?? []) as readonly string[]
  const order = (props.field.options ?? []).map((option) => option.id)
  const flip = (id: string) =>
    props.onInput(chosen.includes(id) ? chosen.filter((one) => one !== id) : order.filter((one) => one === id || chosen.includes(one)))
  return (
    <div id={props.id} className={styles.options} role="group" aria-labelledby={`${props.id}-label`} aria-describedby={props.describedBy} tabIndex={-1}>
      {(props.field.options ?? []).map((option) => (
        <label key={option.id} className={styles.option}>
          <input
            type="checkbox"
            checked={chosen.includes(option.id)}
            disabled={props.readOnly}
            onChange={() => flip(option.id)}
            onBlur={props.onLeave}
          />
          {label(option.label, option.id)}
        </label>
      ))}
    </div>
  )
}

/** The picker of the entry (desk or phone), used again for each further record. */
export function listOf(Picker: ComponentType<WidgetProps>) {
  return function ReferenceListInput(props: WidgetProps) {
    const { t } = useTranslation('form')
    const chosen = (props.input ?? []) as readonly LookupItem[]
    const add = (item: LookupItem | null) => {
      if (item && !chosen.some((one) => one.uid === item.uid)) props.onInput([...chosen, item])
    }
    return (
      <div className={styles.list}>
        {chosen.map((item) => (
          <span key={item.uid} className={styles.chip}>
            {item.display}
            {!props.readOnly && (
              <button
                type="button"
                aria-label={`${t('clear')} ${item.display}`}
                onClick={() => props.onInput(chosen.filter((one) => one.uid !== item.uid))}
              >
                ✕
              </button>
            )}
          </span>
        ))}
        {!props.readOnly && <Picker {...props} key={chosen.length} input={null} onInput={(input) => add(input as LookupItem | null)} />}
      </div>
    )
  }
}
