// A chart with its data table one press away.
import { Segmented } from 'antd'
import { Suspense, useState, type ReactNode } from 'react'
import { useTranslation } from '../i18n/useTranslation'
import styles from './ChartFrame.module.css'
import { Loading } from './States'

interface Props {
  readonly title?: ReactNode
  readonly caption: string
  readonly columns: readonly string[]
  readonly rows: readonly (readonly string[])[]
  readonly children: ReactNode
  readonly extra?: ReactNode
}

export function ChartFrame({ title, caption, columns, rows, children, extra }: Props) {
  const { t } = useTranslation()
  const [shows, setShows] = useState<'chart' | 'table'>('chart')
  return (
    <figure className={styles.frame}>
      <div className={styles.head}>
        <div className={styles.title}>{title}</div>
        {extra}
        <Segmented
          size="small"
          value={shows}
          onChange={(value) => setShows(value as 'chart' | 'table')}
          options={[
            { value: 'chart', label: t('chart') },
            { value: 'table', label: t('dataTable') },
          ]}
        />
      </div>
      {shows === 'chart' ? (
        <div className={styles.chart}>
          <Suspense fallback={<Loading rows={4} />}>{children}</Suspense>
        </div>
      ) : (
        <div className={styles.scroll} tabIndex={0} role="region" aria-label={caption}>
          <table className={styles.table}>
            <caption className="visually-hidden">{caption}</caption>
            <thead>
              <tr>
                {columns.map((column) => (
                  <th key={column} scope="col">
                    {column}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((row, index) => (
                <tr key={index}>
                  {row.map((cell, at) => (
                    <td key={at} className="num">
                      {cell}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </figure>
  )
}
