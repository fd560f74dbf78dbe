// Says all the time that somebody looks through other eyes, and how to stop.
import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from '../i18n/useTranslation'
import type { Session } from '../api/types'
import { Icon } from './icons'
import styles from './Shell.module.css'
import { useEndView } from './session'

export function ViewingBanner({ session }: { session: Session }) {
  const { t } = useTranslation('desk')
  const end = useEndView()
  const [isBusy, setBusy] = useState(false)
  return (
    <div className={styles.viewing} role="status">
      <Icon name="eye" />
      <p>{t('viewing.text', { name: session.account.name || session.account.login })}</p>
      <Button
        size="small"
        loading={isBusy}
        onClick={() => {
          setBusy(true)
          void end().finally(() => setBusy(false))
        }}
      >
        {t('viewing.end')}
      </Button>
    </div>
  )
}
