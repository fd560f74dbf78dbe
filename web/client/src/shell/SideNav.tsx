// The side navigation: 220 px, or 56 px with signs only, or a drawer on the phone.
import { Tooltip } from 'antd'
import { useTranslation } from '../i18n/useTranslation'
import { NavLink, useLocation } from 'react-router'
import type { Summary } from '../api/types'
import { Icon } from './icons'
import styles from './Shell.module.css'
import { useIsAdmin } from './session'

const EVERYONE = ['work', 'inbox', 'metrics', 'records', 'rules'] as const
const ADMIN = ['packs', 'sources', 'formulas', 'definitions', 'calendars', 'accounts', 'incidents'] as const
type Place = (typeof EVERYONE)[number] | (typeof ADMIN)[number]

interface Props {
  readonly isFolded: boolean
  readonly summary: Summary | undefined
  readonly onGo?: () => void
}

export function SideNav({ isFolded, summary, onGo }: Props) {
  const { t } = useTranslation('desk')
  const isAdmin = useIsAdmin()
  const path = useLocation().pathname
  const counts: Partial<Record<Place, number>> = {
    work: summary?.to_do ?? 0,
    inbox: summary?.notices_unread ?? 0,
  }
  const entry = (place: Place) => {
    const count = counts[place] ?? 0
    // alerts stand in the same list as tasks
    const isHere = place === 'work' && path.startsWith('/alerts')
    const link = (
      <NavLink
        to={place === 'work' ? '/tasks' : `/${place}`}
        className={({ isActive }) => `${styles.entry} ${isActive || isHere ? styles.here : ''}`}
        {...(onGo ? { onClick: onGo } : {})}
      >
        <Icon name={place} />
        <span className={isFolded ? 'visually-hidden' : styles.entryWord}>{t(`nav.${place}`)}</span>
        {count > 0 && (
          <span
            className={`${isFolded ? styles.dotCount : styles.count} ${place === 'work' && summary?.tasks_overdue ? styles.urgent : ''} num`}
          >
            {count > 99 ? '99+' : count}
          </span>
        )}
      </NavLink>
    )
    return (
      <li key={place}>
        {isFolded ? (
          <Tooltip title={t(`nav.${place}`)} placement="right">
            {link}
          </Tooltip>
        ) : (
          link
        )}
      </li>
    )
  }
  return (
    <nav className={styles.nav} aria-label={t('nav.label')}>
      <ul>{EVERYONE.map(entry)}</ul>
      {isAdmin && (
        <>
          <p className={styles.group}>{isFolded ? <span className={styles.rule} /> : t('nav.manage')}</p>
          <ul>{ADMIN.map(entry)}</ul>
        </>
      )}
    </nav>
  )
}
