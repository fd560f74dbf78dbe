// Rows that belong to the record: a table on the desk, one card per row on the phone.
import { useTranslation } from '../i18n/useTranslation'
import { newKey } from '../api/keys'
import { FieldFrame, FieldLabel, type FrameProps } from './FieldFrame'
import styles from './Form.module.css'
import type { FieldContext } from './FormBody'
import { asksOf, dependents } from './model/choices'
import { defaultsOf, offeredOf, rowForm } from './model/rules'
import { judge } from './model/validate'
import { inputOf, inputsOf, type InputRow } from './model/values'
import { idOf } from './words'

export function ChildTable({ frame, context }: { frame: FrameProps; context: FieldContext }) {
  const { t } = useTranslation('form')
  const { dispatch } = context.filling
  const rows = (frame.input ?? []) as readonly InputRow[]
  const columns = frame.field.columns ?? []
  const table = frame.field.key
  const id = idOf(frame.formName, frame.path)
  const start = () => inputsOf(columns, defaultsOf(rowForm(context.filling.form, frame.field)))
  return (
    <div className={styles.field} role="group" aria-labelledby={`${id}-label`} id={id} tabIndex={-1}>
      <FieldLabel frame={frame} id={id} />
      {rows.length === 0 && <p className={styles.help}>{t('noRows')}</p>}
      <div className={styles.rows}>
        {rows.map((row, index) => {
          const judged = judge(rowForm(context.filling.form, frame.field), row.values)
          return (
          <div key={row.id} className={styles.row} role="group" aria-label={t('row', { n: index + 1 })}>
            <span className={`${styles.rowNumber} num`}>{index + 1}</span>
            <div className={styles.cells}>
              {columns.filter((column) => !judged.standing.hidden.has(column.key)).map((column) => {
                const path = `${table}.${index}.${column.key}`
                return (
                  <FieldFrame
                    key={column.key}
                    formName={frame.formName}
                    path={path}
                    field={offeredOf(column, judged.standing.offered)}
                    input={column.computed ? inputOf(column, judged.computed[column.key]) : (row.values[column.key] ?? null)}
                    message={context.messages[path]}
                    required={judged.standing.required.has(column.key)}
                    readOnly={frame.readOnly || judged.standing.readOnly.has(column.key)}
                    onLeave={() => dispatch({ type: 'leave', path })}
                    asks={asksOf(context.filling.form, column, context.filling.judged.wire, context.filling.place, { table, values: judged.wire })}
                    onInput={(input) => {
                      dispatch({ type: 'set_cell', table, row: row.id, key: column.key, input })
                      const filters = context.filling.form.rows?.[table]?.filters
                      for (const key of dependents(filters, 'row', column.key)) dispatch({ type: 'set_cell', table, row: row.id, key, input: null })
                    }}
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
          )
        })}
      </div>
      {!frame.readOnly && (
        <button type="button" className={styles.addButton} onClick={() => dispatch({ type: 'add_row', table, id: newKey(), values: start() })}>
          + {t('addRow')}
        </button>
      )}
      {frame.message && <p className={styles.error}>{frame.message}</p>}
    </div>
  )
}
