// A record of any of several entities: first of which kind, then which one.
import { useMemo, useState, type ComponentType } from 'react'
import type { LookupItem } from '../../api/types'
import { label } from '../../i18n/label'
import { useTranslation } from '../../i18n/useTranslation'
import type { WidgetProps } from '../widgets'
import styles from './More.module.css'

/** The picker of the entry (desk or phone), for the kind that was chosen. */
export function anyOf(Picker: ComponentType<WidgetProps>) {
  return function AnyReferenceInput(props: WidgetProps) {
    const { t } = useTranslation('form')
    const chosen = props.input as LookupItem | null
    const kinds = props.field.entities ?? []
    const [picked, setPicked] = useState(kinds[0]?.name ?? '')
    const kind = chosen?.uid.split('/')[0] ?? picked
    // the same while its kind is: a picker asks again when its field is another
    const field = useMemo(() => ({ ...props.field, type: 'reference', entity: kind }), [props.field, kind])
    const inner = chosen && { uid: chosen.uid.slice(kind.length + 1), display: chosen.display }
    const choose = (name: string) => {
      setPicked(name)
      if (chosen) props.onInput(null)
    }
    return (
      <div className={styles.list}>
        {kinds.length > 1 && (
          <select
            className={styles.kind}
            aria-label={t('kindOf', { field: label(props.field.label, props.field.key) })}
            value={kind}
            disabled={props.readOnly}
            onChange={(event) => choose(event.target.value)}
          >
            {kinds.map((one) => (
              <option key={one.name} value={one.name}>
                {label(one.label, one.name)}
              </option>
            ))}
          </select>
        )}
        <Picker
          {...props}
          key={kind}
          field={field}
          input={inner}
          onInput={(input) => {
            const item = input as LookupItem | null
            props.onInput(item && { uid: `${kind}/${item.uid}`, display: item.display })
          }}
        />
      </div>
    )
  }
}
