// The packs on offer, and installing them.
import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from '../../i18n/useTranslation'
import { itemsOf } from '../../api/list'
import { packsQuery } from '../../api/queries'
import type { Pack } from '../../api/types'
import { label } from '../../i18n/label'
import { Badge } from '../../parts/Badge'
import { Page } from '../../parts/Page'
import { Loaded, Nothing } from '../../parts/States'
import { Icon } from '../../shell/icons'
import { InstallDialog } from './InstallDialog'
import styles from './Packs.module.css'

function PackCard({ pack, onInstall }: { pack: Pack; onInstall: () => void }) {
  const { t } = useTranslation('admin')
  const isInstalled = Boolean(pack.installed_version)
  const isOld = isInstalled && pack.installed_version !== pack.version
  return (
    <article className={`card ${styles.pack}`}>
      <span className={styles.sign}>
        <Icon name="packs" size={22} />
      </span>
      <header>
        <h2>{label(pack.label, pack.name)}</h2>
        <p className="small muted num">{t('packs.version', { version: pack.version })}</p>
      </header>
      <p className={styles.text}>{label(pack.description)}</p>
      <footer className={styles.foot}>
        <Button type={isInstalled && !isOld ? 'default' : 'primary'} onClick={onInstall}>
          {isOld ? t('packs.installUpgrade') : isInstalled ? t('packs.reinstall') : t('packs.install')}
        </Button>
        {isInstalled && <Badge tone="green">{t('packs.installed', { version: pack.installed_version ?? '' })}</Badge>}
      </footer>
    </article>
  )
}

export default function Packs() {
  const { t } = useTranslation('admin')
  const query = useQuery(packsQuery)
  const [chosen, setChosen] = useState<Pack | null>(null)
  const packs = itemsOf(query.data)
  return (
    <Page title={t('packs.title')} lead={t('packs.intro')}>
      <Loaded query={query} rows={6}>
        {() =>
          packs.length === 0 ? (
            <Nothing text={t('packs.empty')} />
          ) : (
            <div className={styles.grid}>
              {packs.map((pack) => (
                <PackCard key={pack.name} pack={pack} onInstall={() => setChosen(pack)} />
              ))}
            </div>
          )
        }
      </Loaded>
      {chosen && <InstallDialog key={chosen.name} pack={chosen} onClose={() => setChosen(null)} />}
    </Page>
  )
}
