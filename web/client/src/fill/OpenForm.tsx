// The form itself: what to look at first, the fields, and a submit bar that never scrolls away.
import { lazy, Suspense, useEffect } from 'react'
import { useTranslation } from '../i18n/useTranslation'
import { messagesOf, useSummaryLines } from '../form/ErrorSummary'
import { FormBody } from '../form/FormBody'
import { nativeWidgets } from '../form/native/widgets'
import { useForm } from '../form/useForm'
import { WidgetsOf } from '../form/widgets'
import { formatDateTime } from '../format/time'
import { label, readable } from '../i18n/label'
import type { Sent } from './Done'
import styles from './Fill.module.css'
import type { Opened } from './load'

const CopyLast = lazy(() => import('../form/CopyLast').then((m) => ({ default: m.CopyLast })))
const ErrorSummary = lazy(() => import('../form/ErrorBox').then((m) => ({ default: m.ErrorSummary })))
const DraftNote = lazy(() => import('../form/DraftNote').then((m) => ({ default: m.DraftNote })))
const DraftOffers = lazy(() => import('../form/DraftOffers').then((m) => ({ default: m.DraftOffers })))
const ContextSteps = lazy(() => import('./ContextSteps').then((m) => ({ default: m.ContextSteps })))

interface Props {
  readonly opened: Opened
  readonly title: string
  readonly onSent: (sent: Sent) => void
}

export function OpenForm({ opened, title, onSent }: Props) {
  const { t } = useTranslation('form')
  const filling = useForm(opened.form, { draft: opened.draft, start: opened.start, send: opened.send, onSent })
  const lines = useSummaryLines(filling)
  // what is shown after it is sent is loaded before the network may be gone
  useEffect(() => void import('./Done'), [])
  const { task } = opened
  const sentence = readable(label(task?.alert?.sentence ?? task?.rule?.sentence))
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        filling.submit()
      }}
    >
      <h1 className={styles.title}>{title}</h1>
      {task && (
        <p className="muted num">
          {task.subject?.display}
          {task.due_at && ` · ${t('due', { ns: 'fill' })} ${formatDateTime(task.due_at)}`}
        </p>
      )}
      {filling.drafting.offers.length > 0 && (
        <Suspense>
          <DraftOffers filling={filling} />
        </Suspense>
      )}
      <Suspense>{filling.tries > 0 && <ErrorSummary filling={filling} lines={lines} />}</Suspense>
      {sentence && <p className={styles.why}>{sentence}</p>}
      {task && (
        <Suspense>
          <ContextSteps steps={task.steps} />
        </Suspense>
      )}
      {opened.canCopy && (
        <Suspense>
          <CopyLast filling={filling} />
        </Suspense>
      )}
      <div className={styles.card}>
        {task && <h2>{label(opened.form.label)}</h2>}
        <WidgetsOf value={nativeWidgets}>
          <FormBody context={{ filling, messages: messagesOf(lines) }} />
        </WidgetsOf>
      </div>
      {opened.form.feeds && <p className="small muted">{t('feeds', { use: label(opened.form.feeds) })}</p>}
      <div className={styles.bar}>
        <Suspense>
          <DraftNote filling={filling} />
        </Suspense>
        <button type="submit" className={styles.primary} disabled={filling.progress === 'sending'}>
          {filling.progress === 'sending' ? t('submitting') : t('submit')}
        </button>
      </div>
    </form>
  )
}
