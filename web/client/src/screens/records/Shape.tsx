// How a list is shown: its columns, or its records in groups with sums.
import { Select } from 'antd'
import { useTranslation } from '../../i18n/useTranslation'
import type { EntityDescriptor, FieldDescriptor, ListDocument } from '../../api/types'
import { label } from '../../i18n/label'
import styles from './Lists.module.css'
import { columnsOf, groupable, LISTED_ONLY, STEPS } from './columns'

interface Props {
  readonly entity: EntityDescriptor
  readonly document: ListDocument
  readonly onShape: (shape: Pick<ListDocument, 'columns' | 'group' | 'measures'>) => void
}

export function Shape({ entity, document, onShape }: Props) {
  const { t } = useTranslation('life')
  const seen = entity.fields.filter((field) => !field.hidden)
  const name = (field: FieldDescriptor) => label(field.label, field.key)
  const groups = seen
    .filter(groupable)
    .flatMap((field) => [
      { value: field.key, label: name(field) },
      ...(field.type === 'date' ? STEPS.map((step) => ({ value: `${field.key}:${step}`, label: t(`shape.steps.${step}`, { name: name(field) }) })) : []),
    ])
  const measures = seen
    .filter((field) => !field.masked)
    .flatMap((field) => (field.aggregates ?? []).map((each) => ({ value: `${each}:${field.key}`, label: t(`shape.measures.${each as 'sum'}`, { name: name(field) }) })))
  const one = (id: string, words: string, value: string[], options: { value: string; label: string }[], onChange: (value: string[]) => void, most: number) => (
    <div className={styles.field}>
      <label htmlFor={id}>{words}</label>
      <Select id={id} mode="multiple" allowClear value={value} onChange={onChange} options={options} maxCount={most} showSearch={{ optionFilterProp: 'label' }} />
    </div>
  )
  const shown = document.columns ?? columnsOf(entity).map((field) => field.key)
  const columns = seen.filter((field) => !LISTED_ONLY.has(field.type)).map((field) => ({ value: field.key, label: name(field) }))
  return (
    <div className={styles.form}>
      {one('shape-columns', t('shape.columns'), shown, columns, (next) => onShape({ columns: next }), 20)}
      {one('shape-group', t('shape.group'), document.group ?? [], groups, (group) => onShape({ group, ...(group.length ? {} : { measures: [] }) }), 4)}
      {document.group?.length ? one('shape-measures', t('shape.measure'), document.measures ?? [], measures, (next) => onShape({ measures: next }), 12) : null}
    </div>
  )
}
