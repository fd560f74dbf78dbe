// The frame of a page: title, actions, content not wider than can be read.
import { useEffect, type ReactNode } from 'react'
import { useTranslation } from '../i18n/useTranslation'
import styles from './Page.module.css'

interface Props {
  readonly title: string
  readonly lead?: ReactNode
  readonly back?: ReactNode
  readonly actions?: ReactNode
  readonly wide?: boolean
  readonly children: ReactNode
}

export function useTitle(title: string): void {
  const { t } = useTranslation()
  useEffect(() => {
    document.title = title ? `${title} · ${t('product')}` : t('product')
  }, [title, t])
}

export function Page({ title, lead, back, actions, wide, children }: Props) {
  useTitle(title)
  return (
    <div className={`${styles.page} ${wide ? styles.wide : ''}`}>
      {back && <div className={styles.back}>{back}</div>}
      <header className={styles.head}>
        <div className={styles.words}>
          <h1>{title}</h1>
          {lead && <div className={`${styles.lead} muted`}>{lead}</div>}
        </div>
        {actions && <div className={styles.actions}>{actions}</div>}
      </header>
      {children}
    </div>
  )
}

/** A list on the left, the chosen entry on the right; on a phone one of the two. */
export function MasterDetail({ list, detail, isDetail, label }: { list: ReactNode; detail: ReactNode; isDetail: boolean; label: string }) {
  return (
    <div className={`${styles.split} ${isDetail ? styles.showsDetail : ''}`}>
      <div className={styles.master} role="region" aria-label={label}>
        {list}
      </div>
      <div className={styles.detail}>{detail}</div>
    </div>
  )
}
