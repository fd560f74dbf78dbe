// The forms of a kind of record, each as an XLSForm to take away.
import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from '../../i18n/useTranslation'
import '../../i18n/change'
import { api } from '../../api/client'
import { call } from '../../api/problem'
import { formQuery } from '../../api/queries'
import { label } from '../../i18n/label'
import { Loaded } from '../../parts/States'
import styles from './Definitions.module.css'
import { LeftOutList } from './LeftOutList'

function Missing({ form }: { form: string }) {
  const { t } = useTranslation('change')
  const query = useQuery({
    queryKey: ['definitions', 'xlsform', form],
    queryFn: () => call(api.GET('/forms/{name}/xlsform/left-out', { params: { path: { name: form } } })),
  })
  return (
    <Loaded query={query} rows={2}>
      {(found) => (found.left_out.length ? <LeftOutList left={found.left_out} /> : <p className="muted">{t('xlsform.nothingMissing')}</p>)}
    </Loaded>
  )
}

function Line({ form }: { form: string }) {
  const { t } = useTranslation('change')
  const [isOpen, setOpen] = useState(false)
  const name = label(useQuery({ ...formQuery(form), retry: false }).data?.label, form)
  return (
    <li>
      <div className={styles.what}>
        <p>
          <strong>{name}</strong> <code className="small muted">{form}</code>
        </p>
        {isOpen && <Missing form={form} />}
      </div>
      <Button onClick={() => setOpen(!isOpen)} aria-expanded={isOpen} aria-label={t('xlsform.missingOf', { name })}>
        {t('xlsform.missing')}
      </Button>
      <Button href={`/api/v1/forms/${encodeURIComponent(form)}/xlsform`} aria-label={t('xlsform.exportOf', { name })}>
        {t('xlsform.export')}
      </Button>
    </li>
  )
}

export function FormFiles({ forms }: { forms: readonly string[] }) {
  const { t } = useTranslation('change')
  return (
    <section className={`card ${styles.block}`} aria-labelledby="forms-title">
      <h2 id="forms-title">{t('xlsform.forms')}</h2>
      <ul className={styles.lines}>
        {forms.map((form) => (
          <Line key={form} form={form} />
        ))}
      </ul>
    </section>
  )
}
