// One task card: why it came, its steps, its deadline; after the submit, the response time.
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from '../../i18n/useTranslation'
import { useNavigate } from 'react-router'
import { taskQuery } from '../../api/queries'
import type { SubmittedTask, TaskCard } from '../../api/types'
import { formatDateTime } from '../../format/time'
import { label, readable } from '../../i18n/label'
import { Badge, wordOf } from '../../parts/Badge'
import { Countdown } from '../../parts/Countdown'
import { Loaded } from '../../parts/States'
import { EvidenceList } from '../alert/EvidenceList'
import { Submitted } from './Submitted'
import { StepCard } from './StepCard'
import styles from './Task.module.css'

interface Props {
  readonly uid: string
  readonly onNext: (() => void) | undefined
}

function Head({ task }: { task: TaskCard }) {
  const { t } = useTranslation('work')
  return (
    <header className={styles.head}>
      <div className={styles.tags}>
        {task.state !== 'open' && (
          <Badge tone={task.state === 'done' ? 'green' : 'grey'}>{wordOf(t('task_.state', { returnObjects: true }), task.state)}</Badge>
        )}
        {task.state === 'open' && task.due_at && <Countdown due={task.due_at} />}
        {task.due_at && <span className="small muted num">{t('duration.due', { ns: 'common', at: formatDateTime(task.due_at) })}</span>}
      </div>
      <h2 className={styles.title}>{label(task.title)}</h2>
      <p className="muted num">
        {task.subject?.display} · {t('openedAt', { at: formatDateTime(task.opened_at) })}
        {task.done_at && ` · ${t('task_.doneAt', { at: formatDateTime(task.done_at) })}`}
      </p>
    </header>
  )
}

function Why({ task }: { task: TaskCard }) {
  const { t } = useTranslation('work')
  const sentence = readable(label(task.alert?.sentence ?? task.rule?.sentence))
  if (!sentence && !task.alert?.evidence.length) return null
  return (
    <section className={styles.why}>
      <h3>{t('task_.why')}</h3>
      {sentence && <p>{sentence}</p>}
      {task.alert?.evidence.length ? <EvidenceList evidence={task.alert.evidence} /> : null}
    </section>
  )
}

export function TaskDetail({ uid, onNext }: Props) {
  const { t } = useTranslation('work')
  const navigate = useNavigate()
  const client = useQueryClient()
  const query = useQuery(taskQuery(uid))
  const [submitted, setSubmitted] = useState<SubmittedTask | null>(null)

  const finish = (out: SubmittedTask) => {
    setSubmitted(out)
    for (const key of ['tasks', 'task', 'alerts', 'summary']) void client.invalidateQueries({ queryKey: [key] })
  }

  return (
    <div className={styles.page}>
      <Button type="link" className={styles.back} onClick={() => void navigate('/tasks')}>
        ← {t('title')}
      </Button>
      <Loaded query={query} rows={8}>
        {(task) => (
          <article className={styles.body}>
            <Head task={task} />
            {submitted ? (
              <Submitted out={submitted} onNext={onNext} />
            ) : (
              <>
                {task.state === 'cancelled' && <p className={styles.closed}>{t('task_.cancelled')}</p>}
                {task.state === 'done' && <DoneNote task={task} />}
                <Why task={task} />
                <ol className={styles.steps} aria-label={t('task_.steps')}>
                  {task.steps.map((step, index) => (
                    <StepCard key={index} step={step} number={index + 1} task={task} onSubmitted={finish} />
                  ))}
                </ol>
              </>
            )}
          </article>
        )}
      </Loaded>
    </div>
  )
}

function DoneNote({ task }: { task: TaskCard }) {
  const { t } = useTranslation('work')
  return (
    <p className={styles.doneNote}>
      {t('task_.alreadyDone')}
      {task.response_hours && ` ${t('task_.responseTime')} ${t('task_.hours', { hours: task.response_hours })}`}
    </p>
  )
}
