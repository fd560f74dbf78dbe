// Red, amber, green: always colour and icon and word together.
import { useTranslation } from '../i18n/useTranslation'
import type { Band } from '../api/types'
import styles from './Rag.module.css'

const SHAPES = {
  red: <path d="M6 1.2 11.2 10.6H.8z" />,
  yellow: <path d="M6 .8 11.2 6 6 11.2.8 6z" />,
  green: <circle cx="6" cy="6" r="5" />,
  none: <path d="M1 6h10" stroke="currentColor" strokeWidth="2" />,
}

/** The bare sign, for places where the word stands beside it. */
export function RagMark({ band }: { band?: Band }) {
  const key = band ?? 'none'
  return (
    <svg className={`${styles.mark} ${styles[key]}`} width="12" height="12" viewBox="0 0 12 12" fill="currentColor" aria-hidden="true">
      {SHAPES[key]}
    </svg>
  )
}

export function Rag({ band }: { band?: Band }) {
  const { t } = useTranslation()
  const key = band ?? 'none'
  return (
    <span className={`${styles.tag} ${styles[`${key}Tag`]}`}>
      <RagMark band={band} />
      {t(`rag.${key}`)}
    </span>
  )
}
