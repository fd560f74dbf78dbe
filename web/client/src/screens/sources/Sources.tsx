// Where data comes from, how old it is, and what was refused.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { App, Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from '../../i18n/useTranslation'
import { api } from '../../api/client'
import { itemsOf } from '../../api/list'
import { ApiProblem, call } from '../../api/problem'
import { sourcesQuery } from '../../api/queries'
import type { Source, SourceTest } from '../../api/types'
import { group } from '../../format/decimal'
import { formatDateTime } from '../../format/time'
import { label } from '../../i18n/label'
import { Badge, wordOf, type Tone } from '../../parts/Badge'
import { useSpanWords } from '../../parts/Countdown'
import { Page } from '../../parts/Page'
import { RagMark } from '../../parts/Rag'
import { Loaded, Nothing } from '../../parts/States'
import { RejectsDrawer } from './RejectsDrawer'
import styles from './Sources.module.css'

const TONES: Record<string, Tone> = {
  ok: 'green',
  running: 'blue',
  idle: 'grey',
  new: 'grey',
  lost: 'red',
  error: 'red',
  auth: 'red',
  config: 'red',
  stopped: 'amber',
  late: 'amber',
}

/** Age of the data against its limit: colour, sign and word together. */
function Delay({ source }: { source: Source }) {
  const { t } = useTranslation('admin')
  const words = useSpanWords()
  const { delay_s: delay, limit_s: limit } = source
  if (delay === null || delay === undefined) return <span className="muted">{t('sources.never')}</span>
  const isLate = limit !== null && limit !== undefined && delay > limit
  return (
    <span className={`${styles.delay} num`}>
      <RagMark band={isLate ? 'red' : 'green'} />
      {words(delay * 1000)}
      {limit !== null && limit !== undefined && <span className="muted"> / {words(limit * 1000)}</span>}
      <span className={isLate ? styles.late : 'visually-hidden'}>{isLate ? t('sources.late') : t('sources.onTime')}</span>
    </span>
  )
}

function useSourceActions() {
  const { t } = useTranslation('admin')
  const { message } = App.useApp()
  const client = useQueryClient()
  const failed = (error: unknown) =>
    void message.error(error instanceof ApiProblem && error.title ? error.title : t('failedServer', { ns: 'common' }))
  const run = useMutation({
    mutationFn: (name: string) => call(api.POST('/sources/{name}/run', { params: { path: { name } } })),
    onSuccess: () => {
      void message.success(t('sources.runStarted'))
      void client.invalidateQueries({ queryKey: ['sources'] })
    },
    onError: failed,
  })
  const test = useMutation({
    mutationFn: (name: string) => call(api.POST('/sources/{name}/test', { params: { path: { name } } })) as Promise<SourceTest>,
    onSuccess: (result) => {
      if (result.ok) return void message.success(t('sources.testOk'))
      const words = label(result.message)
      void message.error(`${t('sources.testFailed', { step: result.step ?? result.code ?? '' })}${words ? ` · ${words}` : ''}`, 8)
    },
    onError: failed,
  })
  return { run, test }
}

interface RowProps {
  readonly source: Source
  readonly actions: ReturnType<typeof useSourceActions>
  readonly onRejects: () => void
}

function SourceRow({ source, actions, onRejects }: RowProps) {
  const { t } = useTranslation('admin')
  const { run, test } = actions
  const isBusy = (one: { isPending: boolean; variables: string | undefined }) => one.isPending && one.variables === source.name
  return (
    <li className={styles.row}>
      <div className={styles.name}>
        <h2>{label(source.label, source.name)}</h2>
        <p className="small muted">
          {source.connector} · <code>{source.name}</code>
        </p>
      </div>
      <div>
        <Badge tone={TONES[source.state] ?? 'grey'}>{wordOf(t('sources.states', { returnObjects: true }), source.state)}</Badge>
        {(source.code || source.message) && <p className={`small ${styles.why}`}>{label(source.message) || source.code}</p>}
      </div>
      <dl className={styles.facts}>
        <div>
          <dt>{t('sources.delay')}</dt>
          <dd>
            <Delay source={source} />
          </dd>
        </div>
        <div>
          <dt>{t('sources.checked')}</dt>
          <dd className="num">{source.checked_at ? formatDateTime(source.checked_at, 'seconds') : t('sources.never')}</dd>
        </div>
        <div>
          <dt>{t('sources.rows')}</dt>
          <dd className="num">{source.rows === null || source.rows === undefined ? '—' : group(String(source.rows))}</dd>
        </div>
      </dl>
      <div className={styles.actions}>
        <Button loading={isBusy(run)} onClick={() => run.mutate(source.name)}>
          {t('sources.run')}
        </Button>
        <Button loading={isBusy(test)} onClick={() => test.mutate(source.name)}>
          {t('sources.test')}
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
  const actions = useSourceActions()
  const [rejects, setRejects] = useState<Source | null>(null)
  return (
    <Page title={t('sources.title')} lead={t('sources.intro')}>
      <Loaded query={query} rows={6}>
        {(page) => {
          const sources = itemsOf(page)
          if (sources.length === 0) return <Nothing text={t('sources.empty')} />
          return (
            <ul className={`card ${styles.list}`}>
              {sources.map((source) => (
                <SourceRow key={source.name} source={source} actions={actions} onRejects={() => setRejects(source)} />
              ))}
            </ul>
          )
        }}
      </Loaded>
      {rejects && <RejectsDrawer source={rejects} onClose={() => setRejects(null)} />}
    </Page>
  )
}
