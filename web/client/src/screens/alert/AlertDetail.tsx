// One alert: what the rule says, what it saw, and whether it was right.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { App, Button } from 'antd'
import { useTranslation } from '../../i18n/useTranslation'
import { Link, useNavigate } from 'react-router'
import { api } from '../../api/client'
import { itemsOf } from '../../api/list'
import { ApiProblem, call } from '../../api/problem'
import { alertQuery, alertsQuery, tasksQuery } from '../../api/queries'
import type { Alert, Verdict } from '../../api/types'
import { formatDateTime } from '../../format/time'
import { label, readable } from '../../i18n/label'
import { Loaded } from '../../parts/States'
import { isOver } from '../worklist/entries'
import styles from './Alert.module.css'
import { AlertState } from './AlertState'
import { EvidenceList } from './EvidenceList'

function useAlertActions(uid: string) {
  const { t } = useTranslation('work')
  const client = useQueryClient()
  const { message } = App.useApp()
  const done = (words: string) => {
    void message.success(words)
    for (const key of ['alert', 'alerts', 'summary']) void client.invalidateQueries({ queryKey: [key] })
  }
  const failed = (error: unknown) =>
    void message.error(error instanceof ApiProblem && error.title ? error.title : t('failedServer', { ns: 'common' }))
  const acknowledge = useMutation({
    mutationFn: () => call(api.POST('/alerts/{uid}/acknowledge', { params: { path: { uid } } })),
    onSuccess: () => done(t('alert_.acknowledged')),
    onError: failed,
  })
  const feedback = useMutation({
    mutationFn: (verdict: Verdict) => call(api.POST('/alerts/{uid}/feedback', { params: { path: { uid } }, body: { verdict } })),
    onSuccess: () => done(t('alert_.thanks')),
    onError: failed,
  })
  return { acknowledge, feedback }
}

function Feedback({ alert, onSay, isBusy }: { alert: Alert; onSay: (verdict: Verdict) => void; isBusy: boolean }) {
  const { t } = useTranslation('work')
  return (
    <div className={styles.feedback} role="group" aria-labelledby="feedback-question">
      <span id="feedback-question">{t('alert_.feedback')}</span>
      {(['right', 'false'] as const).map((verdict) => (
        <Button
          key={verdict}
          aria-pressed={alert.feedback === verdict}
          type={alert.feedback === verdict ? 'primary' : 'default'}
          disabled={isBusy}
          onClick={() => onSay(verdict)}
        >
          {t(`alert_.${verdict}`)}
        </Button>
      ))}
    </div>
  )
}

function AlertBody({ alert }: { alert: Alert }) {
  const { t } = useTranslation('work')
  const { acknowledge, feedback } = useAlertActions(alert.uid)
  const sentence = readable(label(alert.rule.sentence))
  const task = itemsOf(useQuery(tasksQuery('open')).data).find((one) => one.alert_uid === alert.uid)
  return (
    <article className={styles.body}>
      <header className={styles.head}>
        <div className={styles.tags}>
          <AlertState state={alert.state} />
          <span className="small muted">{t('alert_.episode', { n: alert.episode })}</span>
          {alert.period_label && <span className="small muted">{alert.period_label}</span>}
          {(alert.count ?? 0) > 1 && <span className="small muted">{t('fourth', { count: alert.count ?? 0 })}</span>}
        </div>
        <h2 className={styles.title}>{label(alert.rule.label)}</h2>
        <p className="muted num">
          {alert.subject && `${alert.subject.display} · `}
          {t('openedAt', { at: formatDateTime(alert.opened_at) })}
          {alert.closed_at && ` · ${t('alert_.closedAt', { at: formatDateTime(alert.closed_at) })}`}
        </p>
      </header>
      {alert.corrected && <p className={styles.corrected}>{t('alert_.corrected')}</p>}
      {sentence && (
        <section className={styles.block}>
          <h3>{t('alert_.rule')}</h3>
          <p>{sentence}</p>
        </section>
      )}
      <section className={styles.block}>
        <h3>{t('alert_.evidence')}</h3>
        {alert.evidence?.length ? <EvidenceList evidence={alert.evidence} /> : <p className="muted">{t('alert_.noEvidence')}</p>}
        <p className={styles.links}>
          {alert.measurement_uid && <Link to={`/passports/${alert.measurement_uid}`}>{t('alert_.number')}</Link>}
          {task && <Link to={`/tasks/${task.uid}`}>{t('alert_.openTask')}</Link>}
        </p>
      </section>
      <footer className={styles.actions}>
        {!isOver(alert) && alert.state !== 'acknowledged' && (
          <Button type="primary" loading={acknowledge.isPending} onClick={() => acknowledge.mutate()}>
            {t('alert_.acknowledge')}
          </Button>
        )}
        <Feedback alert={alert} onSay={feedback.mutate} isBusy={feedback.isPending} />
      </footer>
    </article>
  )
}

export function AlertDetail({ uid }: { uid: string }) {
  const { t } = useTranslation('work')
  const navigate = useNavigate()
  const listed = itemsOf(useQuery(alertsQuery('open')).data).find((alert) => alert.uid === uid)
  const asked = useQuery(alertQuery(uid))
  // the list already holds most of it: show that while the evidence is on its way
  const query = { ...asked, data: asked.data ?? listed }
  return (
    <div className={styles.page}>
      <Button type="link" className={styles.back} onClick={() => void navigate('/tasks')}>
        ← {t('title')}
      </Button>
      <Loaded query={query}>{(alert) => <AlertBody alert={alert} />}</Loaded>
    </div>
  )
}
