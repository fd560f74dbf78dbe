// The form of a task card; sending it completes the task.
import { useTranslation } from '../../i18n/useTranslation'
import { api } from '../../api/client'
import { call } from '../../api/problem'
import type { Step, SubmittedTask, TaskCard } from '../../api/types'
import { DeskForm } from '../../form/desk/DeskForm'
import { startFor } from '../../form/model/subject'
import { useForm } from '../../form/useForm'
import { useSession } from '../../shell/session'

interface Props {
  readonly step: Extract<Step, { type: 'form' }>
  readonly task: TaskCard
  readonly onSubmitted: (out: SubmittedTask) => void
}

function OpenForm({ step, task, onSubmitted }: Props) {
  const session = useSession().data
  const filling = useForm<SubmittedTask>(step.form, {
    ...(session ? { draft: { owner: session.account.login, form: step.form.name, task: task.uid } } : {}),
    start: startFor(step.form, step),
    send: (values, key) =>
      call(api.POST('/tasks/{uid}/submission', { params: { path: { uid: task.uid } }, body: { key, values } })) as Promise<SubmittedTask>,
    onSent: onSubmitted,
  })
  return <DeskForm filling={filling} />
}

export function FormStep(props: Props) {
  const { t } = useTranslation('work')
  if (props.task.state !== 'open')
    return <p className="muted">{props.task.state === 'done' ? t('task_.alreadyDone') : t('task_.cancelled')}</p>
  return <OpenForm {...props} />
}
