// Records linked to the case, as a table; on the phone one block per record.
import { useTranslation } from '../../i18n/useTranslation'
import { Link } from 'react-router'
import type { Step } from '../../api/types'
import { label } from '../../i18n/label'
import { isNumberType, showValue } from '../../parts/value'
import styles from './Task.module.css'

export function RecordsStep({ step }: { step: Extract<Step, { type: 'records' }> }) {
  const { t } = useTranslation('work')
  const { columns } = step
  if (step.rows.length === 0) return <p className="muted">{t('task_.noRows')}</p>
  return (
    <div className={styles.tableScroll}>
      <table className={styles.table}>
        <caption className="visually-hidden">{label(step.entity.label)}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.key} scope="col" className={isNumberType(column.type) ? styles.numeric : ''}>
                {label(column.label, column.key)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {step.rows.map((row) => (
            <tr key={row.uid}>
              {columns.map((column, index) => {
                const text = showValue(row.values[column.key], column, row.display_values?.[column.key])
                return (
                  <td
                    key={column.key}
                    data-label={label(column.label, column.key)}
                    className={`num ${isNumberType(column.type) ? styles.numeric : ''}`}
                  >
                    {index === 0 ? <Link to={`/records/${step.entity.name}/${row.uid}`}>{text}</Link> : text}
                  </td>
                )
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
