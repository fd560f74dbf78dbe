// The records of a list in groups: how many, and sums; a group opens as the list of its records.
import { useQuery } from '@tanstack/react-query'
import { Table } from 'antd'
import { useTranslation } from '../../i18n/useTranslation'
import '../../i18n/life'
import { api } from '../../api/client'
import { call } from '../../api/problem'
import type { EntityDescriptor, ListDocument, RecordGroup, Test } from '../../api/types'
import { label } from '../../i18n/label'
import { Loaded } from '../../parts/States'
import { showValue } from '../../parts/value'
import { queryOf, testsOfGroup } from './list'
import styles from './Records.module.css'

interface Props {
  readonly entity: EntityDescriptor
  readonly document: ListDocument
  readonly onOpen: (tests: Test[]) => void
}

const COUNTS = new Set(['count', 'distinct'])

export default function GroupTable({ entity, document, onOpen }: Props) {
  const { t } = useTranslation('life')
  const { t: common } = useTranslation()
  const [by, measures] = [document.group ?? [], document.measures ?? []]
  const { sort: _, ...asked } = queryOf(document)
  const query = useQuery({
    queryKey: ['records', entity.name, 'groups', document],
    queryFn: () =>
      call(api.GET('/entities/{name}/groups', { params: { path: { name: entity.name }, query: { ...asked, by: by.join(','), ...(measures.length ? { measures: measures.join(',') } : {}) } } })),
    retry: false,
  })
  const fieldOf = (key: string) => entity.fields.find((field) => field.key === key)
  const nameOf = (key: string) => label(fieldOf(key)?.label, key)
  const stepped = (part: string) => {
    const [key = '', step] = part.split(':')
    return step ? t(`shape.steps.${step as 'month'}`, { name: nameOf(key) }) : nameOf(key)
  }
  const word = (group: RecordGroup, at: number) => {
    const key = group.keys[at]
    if (key?.value === null || key === undefined) return t('shape.blank')
    return key.display || (typeof key.value === 'boolean' ? common(key.value ? 'yes' : 'no') : key.value)
  }
  return (
    <Loaded query={query} rows={6}>
      {(found) => (
        <>
          <Table<RecordGroup>
            size="small"
            rowKey={(group) => JSON.stringify(group.keys.map((key) => key.value))}
            className={styles.table ?? ''}
            dataSource={found.items}
            pagination={false}
            scroll={{ x: 'max-content' }}
            columns={[
              ...by.map((part, at) => ({
                key: part,
                title: stepped(part),
                render: (_: unknown, group: RecordGroup) =>
                  at === 0 ? (
                    <button type="button" className={styles.link} onClick={() => onOpen(testsOfGroup(by, group))}>
                      {word(group, at)}
                    </button>
                  ) : (
                    word(group, at)
                  ),
              })),
              { key: 'count', title: t('shape.count'), align: 'right' as const, className: 'num', render: (_: unknown, group: RecordGroup) => group.count },
              ...measures.map((part, at) => {
                const [aggregate = '', key = ''] = part.split(':')
                return {
                  key: part,
                  title: t(`shape.measures.${aggregate as 'sum'}`, { name: nameOf(key) }),
                  align: 'right' as const,
                  className: 'num',
                  render: (_: unknown, group: RecordGroup) => {
                    const value = group.values[at] ?? null
                    return COUNTS.has(aggregate) ? value : showValue(value === null ? null : String(value), fieldOf(key) ?? { type: 'number' })
                  },
                }
              }),
            ]}
          />
          {found.more && <p className="muted">{t('shape.more', { count: found.items.length })}</p>}
        </>
      )}
    </Loaded>
  )
}
