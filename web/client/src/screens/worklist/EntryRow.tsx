// One row of the work-list.
import { useTranslation } from '../../i18n/useTranslation'
import { Link } from 'react-router'
import { formatShort } from '../../format/time'
import { label } from '../../i18n/label'
import { Badge, wordOf } from '../../parts/Badge'
import { Countdown } from '../../parts/Countdown'
import { Icon } from '../../shell/icons'
import { AlertState } from '../alert/AlertState'
import type { Entry } from './entries'
import styles from './Work.module.css'

export function EntryRow({ entry, isChosen }: { entry: Entry; isChosen: boolean }) {
  const { t } = useTranslation('work')
  const isTask = entry.kind === 'tasks'
  const title = isTask ? label(entry.task.title) : label(entry.alert.rule.label)
  const subject = isTask ? entry.task.subject?.display : entry.alert.subject?.display
  const opened = isTask ? entry.task.opened_at : entry.alert.opened_at
  const states = t('task_.state', { returnObjects: true })
  return (
    <Link
      to={`/${entry.kind}/${entry.uid}`}
      className={`${styles.entry} ${isChosen ? styles.chosen : ''}`}
      aria-current={isChosen || undefined}
    >
      <span className={`${styles.sign} ${isTask ? styles.taskSign : styles.alertSign}`} title={isTask ? t('task') : t('alert')}>
        <Icon name={isTask ? 'task' : 'alert'} />
        <span className="visually-hidden">{isTask ? t('task') : t('alert')}</span>
      </span>
      <span className={styles.words}>
        <span className={styles.title}>{title}</span>
        <span className={styles.second}>
          <span className={styles.subject}>{subject}</span>
          <span className="num">{formatShort(opened)}</span>
        </span>
        <span className={styles.third}>
          {isTask && entry.task.state === 'open' && entry.task.due_at && <Countdown due={entry.task.due_at} />}
          {isTask && entry.task.state !== 'open' && (
            <Badge tone={entry.task.state === 'done' ? 'green' : 'grey'}>{wordOf(states, entry.task.state)}</Badge>
          )}
          {!isTask && <AlertState state={entry.alert.state} />}
          {!isTask && entry.alert.period_label && <span className="small muted">{entry.alert.period_label}</span>}
        </span>
      </span>
    </Link>
  )
}
