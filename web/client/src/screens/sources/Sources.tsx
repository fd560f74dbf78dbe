// Where data comes from, how old it is, and what was refused.
import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from '../../i18n/useTranslation'
import { Link, useNavigate } from 'react-router'
import { itemsOf } from '../../api/list'
import { sourcesQuery } from '../../api/queries'
import type { Source } from '../../api/types'
import { label } from '../../i18n/label'
import { Page } from '../../parts/Page'
import { Loaded, Nothing } from '../../parts/States'
import { RejectsDrawer } from './RejectsDrawer'
import { SourceFacts, SourceState } from './SourceFacts'
import styles from './Sources.module.css'
import { useSourceRun } from './useSourceRun'

interface RowProps {
  readonly source: Source
  readonly run: ReturnType<typeof useSourceRun>
  readonly onRejects: () => void
}

function SourceRow({ source, run, onRejects }: RowProps) {
  const { t } = useTranslation('admin')
  const navigate = useNavigate()
  return (
    <li className={styles.row}>
      <div className={styles.name}>
        <h2>
          <Link to={`/sources/${source.name}`}>{label(source.label, source.name)}</Link>
        </h2>
        <p className="small muted">
          {source.connector} · <code>{source.name}</code>
        </p>
      </div>
      <SourceState source={source} />
      <SourceFacts source={source} />
      <div className={styles.actions}>
        <Button onClick={() => void navigate(`/sources/${source.name}`)}>{t('sources.settings')}</Button>
        <Button loading={run.isPending && run.variables === source.name} onClick={() => run.mutate(source.name)}>
          {t('sources.run')}
        </Button>
        <Button onClick={onRejects}>
          {t('sources.rejects')}
          {source.rejects ? ` ${source.rejects}` : ''}
        </Button>
      </div>
    </li>
  )
}

export default function Sources() {
  const { t } = useTranslation('admin')
  const query = useQuery(sourcesQuery)
  const run = useSourceRun()
  const navigate = useNavigate()
  const [rejects, setRejects] = useState<Source | null>(null)
  return (
    <Page title={t('sources.title')} lead={t('sources.intro')}>
      <Loaded query={query} rows={6}>
        {(page) => {
          const sources = itemsOf(page)
          if (sources.length === 0)
            return (
              <Nothing text={t('sources.empty')}>
                <Button type="primary" onClick={() => void navigate('/packs')}>
                  {t('sources.toPacks')}
                </Button>
              </Nothing>
            )
          return (
            <ul className={`card ${styles.list}`}>
              {sources.map((source) => (
                <SourceRow key={source.name} source={source} run={run} onRejects={() => setRejects(source)} />
              ))}
            </ul>
          )
        }}
      </Loaded>
      {rejects && <RejectsDrawer source={rejects} onClose={() => setRejects(null)} />}
    </Page>
  )
}
