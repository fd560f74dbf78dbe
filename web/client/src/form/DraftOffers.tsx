// What the same person began and did not send: on another device, or earlier.
import { useTranslation } from '../i18n/useTranslation'
import shared from './Form.module.css'
import styles from './DraftOffers.module.css'
import type { Filling } from './useForm'

const WHEN = { month: 'numeric', day: 'numeric', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const

export function DraftOffers({ filling }: { filling: Filling }) {
  const { t, i18n } = useTranslation('form')
  const when = new Intl.DateTimeFormat(i18n.language, WHEN)
  return filling.drafting.offers.map((offer) => (
    <p key={offer.key} className={styles.offer} role="status">
      {t('draftOffer', { at: when.format(Date.parse(offer.at)) })}
      <button type="button" className={shared.linkButton} onClick={() => void filling.resume(offer.key)}>
        {t('draftResume')}
      </button>
      <button type="button" className={shared.linkButton} onClick={() => filling.drafting.refuse(offer.key)}>
        {t('draftForget')}
      </button>
    </p>
  ))
}
