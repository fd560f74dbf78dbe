// Says while the server has no room to save anything; to administrators also what to do.
import { useTranslation } from '../i18n/useTranslation'
import { Icon } from './icons'
import { useIsAdmin } from './session'
import styles from './Shell.module.css'

export function FullBanner() {
  const { t } = useTranslation('desk')
  const isAdmin = useIsAdmin()
  return (
    <div className={`${styles.viewing} ${styles.full}`} role="alert">
      <Icon name="lock" />
      <div>
        <p>
          <strong>{t('full.title')}</strong> {t('full.text')}
        </p>
        {isAdmin && <p>{t('full.remedy')}</p>}
      </div>
    </div>
  )
}
