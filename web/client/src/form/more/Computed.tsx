// What the system works out or numbers: shown, never typed.
import { useTranslation } from '../../i18n/useTranslation'
import type { WidgetProps } from '../widgets'
import styles from './More.module.css'

export function Computed(props: WidgetProps) {
  const { t } = useTranslation('form')
  const text = typeof props.input === 'string' ? props.input : ''
  return (
    <output id={props.id} className={styles.computed} aria-describedby={props.describedBy}>
      {text || t(props.field.type === 'sequence' ? 'numberedLater' : 'computedLater')}
    </output>
  )
}
