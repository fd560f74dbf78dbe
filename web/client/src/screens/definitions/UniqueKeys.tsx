// Which fields together are in no two records; what stands against it is told in the plan.
import { Button, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from '../../i18n/useTranslation'
import { label } from '../../i18n/label'
import { Refused } from '../../parts/Refused'
import styles from './Definitions.module.css'
import { withUnique } from './document'
import { useSave, type Edited } from './useSave'

// what one column holds; a list or a table can not be a key
const MANY = new Set(['child_table', 'multi_choice', 'reference_list', 'incoming', 'tree', 'formula', 'lookup', 'rollup'])

export function UniqueKeys(edited: Edited) {
  const { t } = useTranslation('change')
  const { document } = edited
  const [chosen, setChosen] = useState<string[]>([])
  const save = useSave(edited, () => setChosen([]))
  const unique = document.unique ?? []
  const fields = document.fields ?? []
  const nameOf = (key: string) => label(fields.find((one) => one.key === key)?.label, key)
  const isThere = unique.some((keys) => [...keys].sort().join() === [...chosen].sort().join())
  return (
    <section className={`card ${styles.block}`} aria-labelledby="unique-title">
      <h2 id="unique-title">{t('structure.unique')}</h2>
      <p className="small muted">{t('structure.uniqueNote')}</p>
      {unique.length > 0 && (
        <ul className={styles.lines}>
          {unique.map((keys) => (
            <li key={keys.join()}>
              <span className={styles.what}>{keys.map(nameOf).join(' + ')}</span>
              <Button onClick={() => save.mutate(withUnique(document, unique.filter((one) => one !== keys)))} aria-label={t('structure.dropUnique', { names: keys.map(nameOf).join(' + ') })}>
                {t('structure.drop')}
              </Button>
            </li>
          ))}
        </ul>
      )}
      <div className={styles.bar}>
        <Select
          mode="multiple"
          className={styles.wide ?? ''}
          aria-label={t('structure.uniqueFields')}
          placeholder={t('structure.uniqueFields')}
          value={chosen}
          onChange={setChosen}
          showSearch={{ optionFilterProp: 'label' }}
          options={fields.filter((one) => !MANY.has(one.type)).map((one) => ({ value: one.key, label: nameOf(one.key) }))}
        />
        <Button disabled={chosen.length === 0 || isThere} loading={save.isPending} onClick={() => save.mutate(withUnique(document, [...unique, chosen]))}>
          {t('structure.addUnique')}
        </Button>
      </div>
      <Refused error={save.error} />
    </section>
  )
}
