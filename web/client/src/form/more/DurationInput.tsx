// A length of time, typed the way people write it: 8:30, 8小时30分, 2d.
import { useTranslation } from '../../i18n/useTranslation'
import type { WidgetProps } from '../widgets'
import styles from './More.module.css'

export function DurationInput(props: WidgetProps) {
  const { t } = useTranslation('form')
  return (
    <input
      id={props.id}
      className={styles.control}
      type="text"
      placeholder={t('durationHint')}
      aria-describedby={props.describedBy}
      aria-invalid={props.invalid || undefined}
      value={typeof props.input === 'string' ? props.input : ''}
      readOnly={props.readOnly}
      onBlur={props.onLeave}
      onChange={(event) => props.onInput(event.target.value || null)}
      autoComplete="off"
    />
  )
}
