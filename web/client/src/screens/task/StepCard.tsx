// One step of a task card: a curve, records to read, a form to send, or something to confirm.
import type { ReactNode } from 'react'
import { useTranslation } from '../../i18n/useTranslation'
import type { Step, SubmittedTask, TaskCard } from '../../api/types'
import { label } from '../../i18n/label'
import { Badge } from '../../parts/Badge'
import { ChartStep } from './ChartStep'
import { ConfirmStep } from './ConfirmStep'
import { FormStep } from './FormStep'
import { RecordsStep } from './RecordsStep'
import styles from './Task.module.css'

interface Props {
  readonly step: Step
  readonly number: number
  readonly task: TaskCard
  readonly onSubmitted: (out: SubmittedTask) => void
}

function contentOf({ step, task, onSubmitted }: Props): ReactNode {
  switch (step.type) {
    case 'chart':
      return <ChartStep step={step} />
    case 'records':
      return <RecordsStep step={step} />
    case 'form':
      return <FormStep step={step} task={task} onSubmitted={onSubmitted} />
    case 'confirm':
      return <ConfirmStep step={step} task={task} onSubmitted={onSubmitted} />
  }
}

export function StepCard(props: Props) {
  const { t } = useTranslation('work')
  const { step, number } = props
  const isDone = 'done' in step && step.done === true
  return (
    <li className={styles.step}>
      <span className={`${styles.number} num`} aria-hidden="true">
        {number}
      </span>
      <section className={styles.stepBody} aria-label={`${t('task_.step', { n: number })} ${label(step.label)}`}>
        <h3>
          {label(step.label)} {isDone && <Badge tone="green">{t('task_.done')}</Badge>}
        </h3>
        {contentOf(props)}
      </section>
    </li>
  )
}
