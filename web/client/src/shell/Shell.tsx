// The frame around every screen of a signed-in person.
import { useQuery } from '@tanstack/react-query'
import { Button, Drawer, Modal, Tooltip } from 'antd'
import { useEffect, useState } from 'react'
import { useTranslation } from '../i18n/useTranslation'
import { Outlet, useLocation, useNavigate } from 'react-router'
import { summaryQuery } from '../api/queries'
import type { Session } from '../api/types'
import { setBusinessClock } from '../format/time'
import { useKeys } from '../parts/useKeys'
import { Boundary } from './Boundary'
import { FullBanner } from './FullBanner'
import { useIsFull } from './fullness'
import { Icon } from './icons'
import { SideNav } from './SideNav'
import styles from './Shell.module.css'
import { TopBar } from './TopBar'
import { ViewingBanner } from './ViewingBanner'

const FOLDED = 'plumbline.nav'

function ShortcutList() {
  const { t } = useTranslation('desk')
  const lines = [
    ['J', t('keys.next')],
    ['K', t('keys.previous')],
    ['Enter', t('keys.open')],
    ['Esc', t('keys.back')],
    ['Ctrl B', t('keys.nav')],
    ['1', t('keys.goWork')],
    ['3', t('keys.goMetrics')],
    ['?', t('keys.help')],
  ]
  return (
    <dl className={styles.keys}>
      {lines.map(([key, words]) => (
        <div key={key}>
          <dt>
            <kbd>{key}</kbd>
          </dt>
          <dd>{words}</dd>
        </div>
      ))}
    </dl>
  )
}

export function Shell({ session }: { session: Session }) {
  const { t } = useTranslation('desk')
  const [isFolded, setFolded] = useState(() => localStorage.getItem(FOLDED) === 'folded')
  const [isDrawer, setDrawer] = useState(false)
  const [isKeys, setKeys] = useState(false)
  const summary = useQuery(summaryQuery).data
  const isFull = useIsFull()
  const navigate = useNavigate()
  const place = useLocation()

  useEffect(() => {
    if (summary?.now) setBusinessClock(summary.now, summary.clock_factor)
  }, [summary?.now, summary?.clock_factor])

  const fold = () =>
    setFolded((before) => {
      localStorage.setItem(FOLDED, before ? 'open' : 'folded')
      return !before
    })
  useKeys({
    'ctrl+b': fold,
    '?': () => setKeys(true),
    '1': () => void navigate('/tasks'),
    '2': () => void navigate('/inbox'),
    '3': () => void navigate('/metrics'),
  })

  return (
    <div className={`${styles.shell} ${isFolded ? styles.folded : ''}`}>
      <a href="#content" className={styles.skip}>
        {t('skipToContent', { ns: 'desk' })}
      </a>
      <TopBar session={session} onMenu={() => setDrawer(true)} onKeys={() => setKeys(true)} />
      <aside className={styles.side}>
        <SideNav isFolded={isFolded} summary={summary} />
        <Tooltip title={`${isFolded ? t('nav.expand') : t('nav.collapse')} (Ctrl+B)`} placement="right">
          <Button
            type="text"
            block
            onClick={fold}
            aria-label={isFolded ? t('nav.expand') : t('nav.collapse')}
            icon={<Icon name={isFolded ? 'unfold' : 'fold'} />}
          />
        </Tooltip>
      </aside>
      <main className={styles.content} id="content" tabIndex={-1}>
        <div className={styles.banners}>
          {isFull && <FullBanner />}
          {session.viewed_by && <ViewingBanner session={session} />}
        </div>
        <Boundary place={place.pathname}>
          <Outlet />
        </Boundary>
      </main>
      <Drawer
        open={isDrawer}
        onClose={() => setDrawer(false)}
        placement="left"
        size={264}
        title={t('product', { ns: 'common' })}
        styles={{ body: { padding: 8 } }}
      >
        <SideNav isFolded={false} summary={summary} onGo={() => setDrawer(false)} />
      </Drawer>
      <Modal open={isKeys} onCancel={() => setKeys(false)} footer={null} title={t('keys.title')} width={420}>
        <ShortcutList />
      </Modal>
    </div>
  )
}
