// Records as a table; heads sort, the first column opens the record.
import { Table } from 'antd'
import type { SorterResult } from 'antd/es/table/interface'
import { useTranslation } from '../../i18n/useTranslation'
import type { EntityDescriptor, RecordItem } from '../../api/types'
import { label } from '../../i18n/label'
import { OriginBadge } from '../../parts/Badge'
import { isNumberType, showValue } from '../../parts/value'
import { Masked } from './Masked'
import styles from './Records.module.css'
import { columnsOf } from './columns'

const UNSORTABLE = new Set(['child_table', 'incoming', 'multi_choice', 'reference_list', 'tree', 'file', 'image', 'signature', 'long_text'])
interface Props {
  readonly entity: EntityDescriptor
  readonly records: readonly RecordItem[]
  readonly chosen?: readonly string[]
  readonly sort: string
  readonly onSort: (sort: string) => void
  readonly onOpen: (uid: string) => void
  /** Records chosen for something; without `onSelect` none can be. */
  readonly selected?: readonly string[]
  readonly onSelect?: (uids: string[]) => void
}

export function RecordTable({ entity, records, chosen = [], sort, onSort, onOpen, selected = [], onSelect }: Props) {
  const { t } = useTranslation('metrics')
  const { t: life } = useTranslation('life')
  const columns = columnsOf(entity, chosen)
  const direction = (key: string) => (sort === key ? ('ascend' as const) : sort === `-${key}` ? ('descend' as const) : null)
  const change = (_: unknown, __: unknown, sorter: SorterResult<RecordItem> | SorterResult<RecordItem>[]) => {
    const one = Array.isArray(sorter) ? sorter[0] : sorter
    onSort(one?.order ? `${one.order === 'descend' ? '-' : ''}${String(one.columnKey)}` : '')
  }
  return (
    <Table<RecordItem>
      size="small"
      rowKey="uid"
      className={styles.table ?? ''}
      dataSource={[...records]}
      pagination={false}
      scroll={{ x: 'max-content' }}
      onChange={change}
      {...(onSelect
        ? {
            rowSelection: {
              selectedRowKeys: [...selected],
              onChange: (keys) => onSelect(keys.map(String)),
              columnWidth: 40,
              getCheckboxProps: (record: RecordItem) => ({ 'aria-label': life('list.select', { name: record.display }) }) as object,
              hideSelectAll: true, // a copy of the head that only measures would hold one that can be reached
            },
          }
        : {})}
      onRow={(record) => ({ onClick: () => onOpen(record.uid), className: styles.clickable })}
      columns={[
        ...columns.map((field, index) => ({
          key: field.key,
          title: label(field.label, field.key),
          align: isNumberType(field.type) ? ('right' as const) : ('left' as const),
          className: 'num',
          ellipsis: false,
          sorter: !UNSORTABLE.has(field.type) && !field.masked,
          sortOrder: direction(field.key),
          render: (_: unknown, record: RecordItem) => {
            if (field.masked && index > 0) return record.values[field.key] == null ? '—' : <Masked value={record.values[field.key]} />
            const text = showValue(record.values[field.key], field, record.display_values?.[field.key])
            return index === 0 ? (
              <button type="button" className={styles.link} onClick={() => onOpen(record.uid)}>
                {text === '—' ? record.display : text}
              </button>
            ) : (
              <span className={styles.cell}>{text}</span>
            )
          },
        })),
        {
          key: 'origin',
          title: t('passport.originColumn'),
          render: (_: unknown, record: RecordItem) => (record.origin ? <OriginBadge origin={record.origin} /> : null),
        },
      ].filter((column) => column.key !== 'origin' || records.some((record) => record.origin))}
    />
  )
}
