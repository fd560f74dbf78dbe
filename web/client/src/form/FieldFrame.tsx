// Label, widget, help and error of one field.
import { Suspense, useMemo } from 'react'
import { useTranslation } from '../i18n/useTranslation'
import type { Asks, FieldDescriptor } from '../api/types'
import { label } from '../i18n/label'
import styles from './Form.module.css'
import type { Input } from './model/values'
import { isBarred, isFillable } from './model/rules'
import { useWidget } from './widgets'
import { idOf } from './words'

export interface FrameProps {
  readonly formName: string
  readonly path: string
  readonly field: FieldDescriptor
  readonly input: Input
  readonly message: string | undefined
  readonly required: boolean
  readonly readOnly: boolean
  readonly onLeave: () => void
  readonly asks?: Asks | undefined
}

const GROUPED = new Set(['tree', 'child_table', 'file', 'image', 'signature', 'multi_choice']) // named by a legend, not by a <label for>

export function FieldLabel({ frame, id }: { frame: FrameProps; id: string }) {
  const { t } = useTranslation('form')
  const text = (
    <>
      {label(frame.field.label, frame.field.key)}
      {frame.required && (
        <span className={styles.required} title={t('required')}>
          <span aria-hidden="true">*</span>
          <span className="visually-hidden">{t('required')}</span>
        </span>
      )}
    </>
  )
  return GROUPED.has(frame.field.type) ? (
    <div className={styles.label} id={`${id}-label`}>
      {text}
    </div>
  ) : (
    <label className={styles.label} htmlFor={id} id={`${id}-label`}>
      {text}
    </label>
  )
}

export function FieldFrame(frame: FrameProps & { onInput: (input: Input) => void; compact?: boolean }) {
  const { t } = useTranslation('form')
  const { field, message } = frame
  const asking = frame.asks && JSON.stringify(frame.asks)
  // the same while nothing it reads has changed: a picker asks again when its field is another
  const asked = useMemo(() => (asking ? { ...field, asks: JSON.parse(asking) as Asks } : field), [field, asking])
  const id = idOf(frame.formName, frame.path)
  const Widget = useWidget(field.type)
  const described = [message && `${id}-error`, field.help && `${id}-help`].filter(Boolean).join(' ') || undefined
  return (
    <div className={`${styles.field} ${message ? styles.invalid : ''}`} data-field={frame.path}>
      {!frame.compact && <FieldLabel frame={frame} id={id} />}
      {field.help && (
        <p className={styles.help} id={`${id}-help`}>
          {label(field.help)}
        </p>
      )}
      {field.masked ? (
        <p className={styles.barred}>{t('masked')}</p>
      ) : Widget ? (
        <Suspense>
          <Widget
            id={id}
            field={asked}
            input={frame.input}
            onInput={frame.onInput}
            onLeave={frame.onLeave}
            describedBy={described}
            invalid={message !== undefined}
            readOnly={frame.readOnly}
            required={frame.required}
          />
        </Suspense>
      ) : (
        <p className={styles.help}>{t('unsupported', { type: field.type })}</p>
      )}
      {isBarred(field) && isFillable(field) && !field.masked && <p className={styles.help}>{t('barred')}</p>}
      {message && (
        <p className={styles.error} id={`${id}-error`}>
          {message}
        </p>
      )}
    </div>
  )
}
