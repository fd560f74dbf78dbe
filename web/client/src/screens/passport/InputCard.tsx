// One input of a number: its aggregate then and now, and the records behind it as they were.
import { Table, Tooltip } from 'antd'
import { useTranslation } from '../../i18n/useTranslation'
import { Link } from 'react-router'
import type { Column, PassportInput, PassportRecord } from '../../api/types'
import { compare, formatNumber } from '../../format/decimal'
import { label } from '../../i18n/label'
import { Badge, OriginBadge, wordOf } from '../../parts/Badge'
import { useNamedOptions } from '../../parts/useNamedOptions'
import { isNumberType, showValue } from '../../parts/value'
import styles from './Passport.module.css'

/** The name of the record stands in a column of its own. */
function says(column: Column, records: readonly PassportRecord[]): boolean {
  return records.every((record) => record.values[column.key] === record.display)
}

function RecordsTable({ input }: { input: PassportInput }) {
  const { t } = useTranslation('metrics')
  const named = useNamedOptions(input.records[0]?.entity ?? null, input.columns)
  const shown = input.records.filter((record) => !record.masked)
  const columns = named.filter((column) => !says(column, shown))
  const masked = input.records.length - shown.length
  if (input.records.length === 0) return <p className="muted">{t('passport.noRecords')}</p>
  const rest = Math.max(0, (input.truncated_total ?? 0) - input.records.length)
  return (
    <>
      {masked > 0 && <p className={styles.masked}>{t('passport.masked', { count: masked })}</p>}
      {shown.length > 0 && (
        <Table<PassportRecord>
          size="small"
          rowKey={(record) => record.uid ?? ''}
          dataSource={shown}
          pagination={{ pageSize: 10, hideOnSinglePage: true, showSizeChanger: false, size: 'small' }}
          scroll={{ x: 'max-content' }}
          columns={[
            {
              title: t('passport.recordColumn'),
              fixed: 'left',
              render: (_, record) => (
                <span className={styles.recordName}>
                  <Link to={`/records/${record.entity}/${record.uid}`}>{record.display || record.uid}</Link>
                  {record.changed_since && (
                    <Tooltip title={t('passport.changedHint')}>
                      <span tabIndex={0}>
                        <Badge tone="amber">{t('passport.changed')}</Badge>
                      </span>
                    </Tooltip>
                  )}
                </span>
              ),
            },
            ...columns.map((column) => ({
              key: column.key,
              title: label(column.label, column.key),
              align: isNumberType(column.type) ? ('right' as const) : ('left' as const),
              className: 'num',
              render: (_: unknown, record: PassportRecord) => showValue(record.values[column.key], column),
            })),
            { title: t('passport.originColumn'), render: (_, record) => <OriginBadge origin={record.origin} /> },
            { title: t('passport.versionColumn'), align: 'right', className: 'num', dataIndex: 'version' },
          ]}
        />
      )}
      {(input.hidden_columns ?? 0) > 0 && (
        <p className="small muted">{t('passport.hiddenColumns', { count: input.hidden_columns ?? 0 })}</p>
      )}
      {rest > 0 && <p className="small muted">{t('passport.truncated', { count: rest })}</p>}
    </>
  )
}

const isSame = (a: string | null, b: string | null) => a === b || (a !== null && b !== null && compare(a, b) === 0)

export function InputCard({ input, now }: { input: PassportInput; now: PassportInput | undefined }) {
  const { t } = useTranslation('metrics')
  const aggregate = wordOf(t('passport.aggregate', { returnObjects: true }), input.aggregate)
  const differs = now !== undefined && !isSame(now.value, input.value)
  return (
    <section className={styles.input} aria-label={label(input.label)}>
      <header className={styles.inputHead}>
        <div>
          <h3>{label(input.label)}</h3>
          <p className="small muted">
            {aggregate}
            {input.count !== null && input.count !== undefined && ` · ${t('passport.records', { count: input.count })}`}
            {input.sum && ` · ${t('passport.sum', { sum: formatNumber(input.sum) })}`}
          </p>
        </div>
        <dl className={styles.thenNow}>
          <div>
            <dt>{t('passport.then')}</dt>
            <dd className="num">{formatNumber(input.value)}</dd>
          </div>
          {now && (
            <div className={differs ? styles.differs : ''}>
              <dt>{t('passport.nowValue')}</dt>
              <dd className="num">{formatNumber(now.value)}</dd>
            </div>
          )}
        </dl>
      </header>
      <RecordsTable input={input} />
    </section>
  )
}
