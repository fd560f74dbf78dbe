// What happens to what was typed: saved, restored, or waiting for the network.
import { useTranslation } from '../i18n/useTranslation'
import styles from './Form.module.css'
import type { Filling } from './useForm'

const CLOCK = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const

export function DraftNote({ filling }: { filling: Filling }) {
  const { t, i18n } = useTranslation('form')
  const { saved } = filling.drafting
  if (filling.progress === 'waiting') {
    return (
      <p className={styles.waiting} role="status">
        {t('notSent')}
      </p>
    )
  }
  return (
    <>
      {filling.restored && (
        <p className={styles.note} role="status">
          {t('draftRestored')}
          <button type="button" className={styles.linkButton} onClick={filling.restart}>
            {t('draftDrop')}
          </button>
        </p>
      )}
      {saved && (
        <p className={saved.where === 'refused' ? styles.error : styles.note} role="status">
          {saved.where === 'refused'
            ? t('draftRefused', { words: saved.words })
            : t(saved.where === 'server' ? 'draftSaved' : 'draftKept', { at: new Intl.DateTimeFormat(i18n.language, CLOCK).format(saved.at) })}
        </p>
      )}
    </>
  )
}
