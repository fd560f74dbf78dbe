// The top bar: 48 px with language, appearance, business time and the user.
import { Button, Dropdown, Tooltip } from 'antd'
import { useTranslation } from '../i18n/useTranslation'
import { Link, useNavigate } from 'react-router'
import { api } from '../api/client'
import { forgetAnswers } from '../api/etag'
import { call } from '../api/problem'
import type { Session } from '../api/types'
import { clockFactor, formatDateTime } from '../format/time'
import { changeLanguage } from '../i18n/start'
import { useNow } from '../parts/Countdown'
import { chooseTheme, useIsDark, useThemeChoice, type ThemeChoice } from '../theme/choice'
import { Icon, Logo } from './icons'
import styles from './Shell.module.css'
import { useSignOut } from './session'

/** Shown only when business time differs from the wall clock, as in the demo plant. */
function BusinessClock() {
  const { t } = useTranslation('desk')
  const now = useNow(1000)
  const factor = clockFactor()
  if (factor === 1 && Math.abs(now - Date.now()) < 60_000) return null
  const at = formatDateTime(new Date(now).toISOString())
  return <span className={`${styles.clock} small num`}>{factor === 1 ? t('top.clock', { at }) : t('top.clockFast', { at, factor })}</span>
}

function LanguageButton() {
  const { t, i18n } = useTranslation('desk')
  const swap = () => {
    const next = i18n.language === 'en' ? 'zh-CN' : 'en'
    forgetAnswers()
    void changeLanguage(next)
    void call(api.PATCH('/session', { body: { language: next } })).catch(() => undefined) // kept on this device anyway
  }
  return (
    <Tooltip title={t('top.languageHint')}>
      <Button type="text" onClick={swap} aria-label={t('top.languageHint')} icon={<Icon name="globe" />}>
        <span className={styles.wideOnly}>{t('top.language')}</span>
      </Button>
    </Tooltip>
  )
}

function ThemeButton() {
  const { t } = useTranslation('desk')
  const dark = useIsDark()
  const choice = useThemeChoice()
  const items = (['light', 'dark', 'system'] as const).map((key) => ({ key, label: t(`top.${key}`) }))
  return (
    <Dropdown
      trigger={['click']}
      menu={{ items, selectable: true, selectedKeys: [choice], onClick: ({ key }) => chooseTheme(key as ThemeChoice) }}
    >
      <Button type="text" aria-label={t('top.theme')} title={t('top.theme')} icon={<Icon name={dark ? 'moon' : 'sun'} />} />
    </Dropdown>
  )
}

export function TopBar({ session, onMenu, onKeys }: { session: Session; onMenu: () => void; onKeys: () => void }) {
  const { t } = useTranslation('desk')
  const signOut = useSignOut()
  const navigate = useNavigate()
  return (
    <header className={styles.top}>
      <Button type="text" className={styles.phoneOnly} onClick={onMenu} aria-label={t('nav.open')} icon={<Icon name="menu" />} />
      <Link to="/tasks" className={styles.brand}>
        <Logo />
        <span>{t('product', { ns: 'common' })}</span>
      </Link>
      <span className={styles.gap} />
      <BusinessClock />
      <Tooltip title={`${t('keys.title')} (?)`}>
        <Button type="text" className={styles.wideOnly} onClick={onKeys} aria-label={t('keys.help')} icon={<Icon name="keyboard" />} />
      </Tooltip>
      <LanguageButton />
      <ThemeButton />
      <Dropdown
        trigger={['click']}
        menu={{
          items: [
            { key: 'who', label: session.account.login, disabled: true },
            { type: 'divider' },
            { key: 'security', label: t('top.security') },
            { key: 'out', label: t('top.signOut') },
          ],
          onClick: ({ key }) => void (key === 'out' ? signOut() : navigate('/security')),
        }}
      >
        <Button type="text" aria-label={`${t('top.user')} ${session.account.name}`} icon={<Icon name="user" />}>
          <span className={styles.wideOnly}>{session.account.name}</span>
        </Button>
      </Dropdown>
    </header>
  )
}
