// All that is recorded about oneself, taken home as a ZIP.
import { useMutation } from '@tanstack/react-query'
import { Button } from 'antd'
import { useTranslation } from '../../i18n/useTranslation'
import { api } from '../../api/client'
import { call } from '../../api/problem'
import { Refused } from '../../parts/Refused'
import { WorkProgress } from '../records/WorkProgress'
import styles from './Account.module.css'

export function OwnData() {
  const { t } = useTranslation('account')
  const start = useMutation({ mutationFn: () => call(api.POST('/me/exports')) })
  return (
    <section className={`card ${styles.block}`} aria-labelledby="own-data-title">
      <h2 id="own-data-title">{t('ownData.title')}</h2>
      <p className="muted">{t('ownData.intro')}</p>
      <Refused error={start.error} />
      {start.data ? (
        <WorkProgress key={start.data.uid} first={start.data} />
      ) : (
        <p>
          <Button loading={start.isPending} onClick={() => start.mutate()}>
            {t('ownData.begin')}
          </Button>
        </p>
      )}
    </section>
  )
}
