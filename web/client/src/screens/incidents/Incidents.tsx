// 系统状态: what failed for good, who owns it, and a button to try again.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { App, Button } from 'antd'
import { useTranslation } from '../../i18n/useTranslation'
import { api } from '../../api/client'
import { itemsOf } from '../../api/list'
import { ApiProblem, call } from '../../api/problem'
import { incidentsQuery } from '../../api/queries'
import type { Incident } from '../../api/types'
import { formatDateTime } from '../../format/time'
import { label } from '../../i18n/label'
import { Badge, wordOf } from '../../parts/Badge'
import { Page } from '../../parts/Page'
import { Loaded, Nothing } from '../../parts/States'
import styles from './Incidents.module.css'

const OVER = new Set(['closed', 'resolved'])

function IncidentRow({ incident, onRetry, isBusy }: { incident: Incident; onRetry: () => void; isBusy: boolean }) {
  const { t } = useTranslation('admin')
  const isOver = OVER.has(incident.state)
  const title = label(incident.message) || label(incident.title) || incident.uid
  return (
    <li className={styles.row}>
      <div className={styles.words}>
        <p className={styles.title}>
          <strong>{title}</strong>{' '}
          <Badge tone={isOver ? 'green' : 'red'}>{wordOf(t('incidents.states', { returnObjects: true }), incident.state)}</Badge>
        </p>
        <p className="small muted num">
          {formatDateTime(incident.at, 'seconds')}
          {incident.owner && ` · ${t('incidents.owner', { name: incident.owner })}`}
          {(incident.count ?? 1) > 1 && ` · ${t('incidents.count', { count: incident.count ?? 1 })}`}
          {incident.code && (
            <>
              {' · '}
              <code>{[incident.code, label(incident.title)].filter(Boolean).join(' ')}</code>
            </>
          )}
        </p>
      </div>
      {!isOver && incident.can_retry !== false && (
        <Button loading={isBusy} onClick={onRetry}>
          {t('incidents.retry')}
        </Button>
      )}
    </li>
  )
}

export default function Incidents() {
  const { t } = useTranslation('admin')
  const query = useQuery(incidentsQuery)
  const client = useQueryClient()
  const { message } = App.useApp()
  const retry = useMutation({
    mutationFn: (uid: string) => call(api.POST('/incidents/{uid}/retry', { params: { path: { uid } } })),
    onSuccess: () => {
      void message.success(t('incidents.retried'))
      void client.invalidateQueries({ queryKey: ['incidents'] })
    },
    onError: (error) => void message.error(error instanceof ApiProblem && error.title ? error.title : t('failedServer', { ns: 'common' })),
  })
  return (
    <Page title={t('incidents.title')} lead={t('incidents.intro')}>
      <Loaded query={query} rows={5}>
        {(page) => {
          const incidents = itemsOf(page)
          if (incidents.length === 0) return <Nothing text={t('incidents.empty')} />
          return (
            <ul className={`card ${styles.list}`}>
              {incidents.map((incident) => (
                <IncidentRow
                  key={incident.uid}
                  incident={incident}
                  isBusy={retry.isPending && retry.variables === incident.uid}
                  onRetry={() => retry.mutate(incident.uid)}
                />
              ))}
            </ul>
          )
        }}
      </Loaded>
    </Page>
  )
}
