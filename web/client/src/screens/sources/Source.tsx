// One source: how it is doing, what it asks for, and whether it can be reached.
import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from '../../i18n/useTranslation'
import { Link, useParams } from 'react-router'
import { itemsOf } from '../../api/list'
import { settingsQuery, sourcesQuery } from '../../api/queries'
import type { Source as SourceOf } from '../../api/types'
import { label } from '../../i18n/label'
import { Page } from '../../parts/Page'
import { Loaded, NotFound } from '../../parts/States'
import { ConnectionTest } from './ConnectionTest'
import { RejectsDrawer } from './RejectsDrawer'
import { SettingsForm } from './SettingsForm'
import { SourceFacts, SourceState } from './SourceFacts'
import styles from './Sources.module.css'
import { useSourceRun } from './useSourceRun'

function Condition({ source }: { source: SourceOf }) {
  const { t } = useTranslation('admin')
  const run = useSourceRun()
  const [isRejects, setRejects] = useState(false)
  return (
    <section className={`card ${styles.block}`} aria-labelledby="source-condition">
      <h2 id="source-condition">{t('sources.condition')}</h2>
      <SourceState source={source} />
      <SourceFacts source={source} />
      <div className={styles.actions}>
        <Button loading={run.isPending} onClick={() => run.mutate(source.name)}>
          {t('sources.run')}
        </Button>
        <Button onClick={() => setRejects(true)}>
          {t('sources.rejects')}
          {source.rejects ? ` ${source.rejects}` : ''}
        </Button>
      </div>
      {isRejects && <RejectsDrawer source={source} onClose={() => setRejects(false)} />}
    </section>
  )
}

export default function Source() {
  const { t } = useTranslation('admin')
  const name = useParams()['name'] ?? ''
  const sources = useQuery(sourcesQuery)
  const settings = useQuery(settingsQuery(name))
  const source = itemsOf(sources.data).find((one) => one.name === name)
  if (sources.data && !source) return <NotFound />
  return (
    <Page
      title={source ? label(source.label, source.name) : ''}
      back={<Link to="/sources">← {t('sources.title')}</Link>}
      lead={
        source && (
          <>
            {source.connector} · <code>{source.name}</code>
          </>
        )
      }
    >
      <Loaded query={sources} rows={3}>
        {() => source && <Condition source={source} />}
      </Loaded>
      <section className={`card ${styles.block}`} aria-labelledby="source-settings">
        <h2 id="source-settings">{t('sources.settings')}</h2>
        <Loaded query={settings} rows={4}>
          {(held) => <SettingsForm key={name} name={name} held={held} />}
        </Loaded>
      </section>
      <section className={`card ${styles.block}`} aria-labelledby="source-connection">
        <h2 id="source-connection">{t('sources.connection')}</h2>
        <ConnectionTest name={name} />
      </section>
    </Page>
  )
}
