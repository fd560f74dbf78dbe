// Rows that belong to the record: a table on the desk, one card per row on the phone.
import { useTranslation } from '../i18n/useTranslation'
import { newKey } from '../api/keys'
import { FieldFrame, FieldLabel, type FrameProps } from './FieldFrame'
import styles from './Form.module.css'
import type { FieldContext } from './FormBody'
import type { InputRow } from './model/values'
import { idOf } from './words'

export function ChildTable({ frame, context }: { frame: FrameProps; context: FieldContext }) {
  const { t } = useTranslation('form')
  const { dispatch } = context.filling
  const rows = (frame.input ?? []) as readonly InputRow[]
  const columns = frame.field.columns ?? []
  const table = frame.field.key
  const id = idOf(frame.formName, frame.path)
  return (
    <div className={styles.field} role="group" aria-labelledby={`${id}-label`} id={id} tabIndex={-1}>
      <FieldLabel frame={frame} id={id} />
      {rows.length === 0 && <p className={styles.help}>{t('noRows')}</p>}
      <div className={styles.rows}>
        {rows.map((row, index) => (
          <div key={row.id} className={styles.row} role="group" aria-label={t('row', { n: index + 1 })}>
            <span className={`${styles.rowNumber} num`}>{index + 1}</span>
            <div className={styles.cells}>
              {columns.map((column) => {
                const path = `${table}.${index}.${column.key}`
                return (
                  <FieldFrame
                    key={column.key}
                    formName={frame.formName}
                    path={path}
                    field={column}
                    input={row.values[column.key] ?? null}
                    message={context.messages[path]}
                    required={column.required === true}
                    readOnly={frame.readOnly || column.computed === true}
                    onLeave={() => dispatch({ type: 'leave', path })}
                    onInput={(input) => dispatch({ type: 'set_cell', table, row: row.id, key: column.key, input })}
                  />
                )
              })}
            </div>
            {!frame.readOnly && (
              <button
                type="button"
                className={styles.iconButton}
                aria-label={t('removeRow', { n: index + 1 })}
                onClick={() => dispatch({ type: 'remove_row', table, row: row.id })}
              >
                ✕
              </button>
            )}
          </div>
        ))}
      </div>
      {!frame.readOnly && (
        <button type="button" className={styles.addButton} onClick={() => dispatch({ type: 'add_row', table, id: newKey() })}>
          + {t('addRow')}
        </button>
      )}
      {frame.message && <p className={styles.error}>{frame.message}</p>}
    </div>
  )
}
