// What happens to what was typed: kept, restored, or waiting for the network.
import { useTranslation } from '../i18n/useTranslation'
import styles from './Form.module.css'
import type { Filling } from './useForm'

export function DraftNote({ filling }: { filling: Filling }) {
  const { t, i18n } = useTranslation('form')
  if (filling.progress === 'waiting') {
    return (
      <p className={styles.waiting} role="status">
        {t('notSent')}
      </p>
    )
  }
  if (filling.restored) {
    return (
      <p className={styles.note} role="status">
        {t('draftRestored')}
        <button type="button" className={styles.linkButton} onClick={filling.restart}>
          {t('draftDrop')}
        </button>
      </p>
    )
  }
  if (filling.draftAt === null) return null
  const at = new Intl.DateTimeFormat(i18n.language, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(filling.draftAt)
  return <p className={styles.note}>{t('draftKept', { at })}</p>
}
