// What happens to what was typed: saved, begun elsewhere, restored, or waiting for the network.
import { useTranslation } from '../i18n/useTranslation'
import styles from './Form.module.css'
import type { Filling } from './useForm'

const clock = (language: string, more: Intl.DateTimeFormatOptions = {}) =>
  new Intl.DateTimeFormat(language, { ...more, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })

/** What the same person began and did not send: on another device, or earlier. */
export function DraftOffers({ filling }: { filling: Filling }) {
  const { t, i18n } = useTranslation('form')
  const day = clock(i18n.language, { month: 'numeric', day: 'numeric' })
  return filling.drafting.offers.map((offer) => (
    <p key={offer.key} className={styles.offer} role="status">
      {t('draftOffer', { at: day.format(Date.parse(offer.at)) })}
      <button type="button" className={styles.linkButton} onClick={() => void filling.resume(offer.key)}>
        {t('draftResume')}
      </button>
      <button type="button" className={styles.linkButton} onClick={() => filling.drafting.refuse(offer.key)}>
        {t('draftForget')}
      </button>
    </p>
  ))
}

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
            : t(saved.where === 'server' ? 'draftSaved' : 'draftKept', { at: clock(i18n.language).format(saved.at) })}
        </p>
      )}
    </>
  )
}
