// Takes the records of a list out as a file, made in the background.
import { useMutation } from '@tanstack/react-query'
import { Button, Modal, Radio, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from '../../i18n/useTranslation'
import '../../i18n/life'
import { api } from '../../api/client'
import { call } from '../../api/problem'
import type { EntityDescriptor, ListDocument } from '../../api/types'
import { label } from '../../i18n/label'
import { Refused } from '../../parts/Refused'
import { chosenOf } from './list'
import styles from './Lists.module.css'
import { WorkProgress } from './WorkProgress'

export default function ExportDialog({ entity, document, onClose }: { entity: EntityDescriptor; document: ListDocument; onClose: () => void }) {
  const { t } = useTranslation('life')
  const [format, setFormat] = useState<'xlsx' | 'csv'>('xlsx')
  const [columns, setColumns] = useState<string[]>([])
  const start = useMutation({
    mutationFn: () =>
      call(
        api.POST('/entities/{name}/exports', {
          params: { path: { name: entity.name } },
          body: { ...chosenOf(document), ...(document.sort ? { sort: document.sort } : {}), ...(columns.length ? { columns } : {}), format },
        }),
      ),
  })
  return (
    <Modal open onCancel={onClose} footer={null} width={520} title={t('exports.title', { entity: label(entity.label, entity.name) })}>
      {start.data ? (
        <WorkProgress first={start.data} />
      ) : (
        <div className={styles.form}>
          <p className="muted">{t('exports.what')}</p>
          <div className={styles.field}>
            <span className={styles.name}>{t('exports.format')}</span>
            <Radio.Group
              value={format}
              onChange={(event) => setFormat(event.target.value as 'xlsx' | 'csv')}
              options={[
                { value: 'xlsx', label: t('exports.xlsx') },
                { value: 'csv', label: t('exports.csv') },
              ]}
            />
          </div>
          <div className={styles.field}>
            <label htmlFor="export-columns">{t('exports.columns')}</label>
            <Select
              id="export-columns"
              mode="multiple"
              allowClear
              value={columns}
              onChange={setColumns}
              placeholder={t('exports.allColumns')}
              optionFilterProp="label"
              options={entity.fields.filter((field) => !field.hidden).map((field) => ({ value: field.key, label: label(field.label, field.key) }))}
            />
          </div>
          <p className="small muted">{t('exports.safe')}</p>
          <Refused error={start.error} />
          <p className={styles.bar}>
            <Button type="primary" loading={start.isPending} onClick={() => start.mutate()}>
              {t('exports.start')}
            </Button>
            <Button onClick={onClose}>{t('cancel', { ns: 'common' })}</Button>
          </p>
        </div>
      )}
    </Modal>
  )
}
