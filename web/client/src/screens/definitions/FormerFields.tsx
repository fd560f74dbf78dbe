// Fields that were taken away: put back, they have their values again.
import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { useTranslation } from '../../i18n/useTranslation'
import { itemsOf } from '../../api/list'
import { label } from '../../i18n/label'
import { Refused } from '../../parts/Refused'
import styles from './Definitions.module.css'
import { withAdded } from './document'
import { useNames } from './names'
import { formerQuery } from './queries'
import { useSave, type Edited } from './useSave'

export function FormerFields(edited: Edited) {
  const { t } = useTranslation('change')
  const { typeName } = useNames()
  const save = useSave(edited)
  const there = new Set((edited.document.fields ?? []).map((one) => one.key))
  const former = itemsOf(useQuery(formerQuery(edited.entity)).data).filter((one) => !there.has(one.key))
  if (former.length === 0) return null
  return (
    <section className={`card ${styles.block}`} aria-labelledby="former-title">
      <h2 id="former-title">{t('structure.former')}</h2>
      <p className="small muted">{t('structure.formerNote')}</p>
      <ul className={styles.lines}>
        {former.map((field) => (
          <li key={field.key}>
            <div className={styles.what}>
              <p>
                {label(field.label, field.key)} <code className="small muted">{field.key}</code>
              </p>
              <p className="small muted">{typeName(field.type)}</p>
            </div>
            <Button loading={save.isPending} onClick={() => save.mutate(withAdded(edited.document, field))} aria-label={t('structure.bringBackOne', { name: label(field.label, field.key) })}>
              {t('structure.bringBack')}
            </Button>
          </li>
        ))}
      </ul>
      <Refused error={save.error} />
    </section>
  )
}
