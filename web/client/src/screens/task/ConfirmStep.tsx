// A step that is only confirmed; when the card has no form, confirming completes the task.
import { useMutation } from '@tanstack/react-query'
import { App, Button } from 'antd'
import { useRef } from 'react'
import { useTranslation } from '../../i18n/useTranslation'
import { api } from '../../api/client'
import { newKey } from '../../api/keys'
import { ApiProblem, call } from '../../api/problem'
import type { Step, SubmittedTask, TaskCard } from '../../api/types'
import { label } from '../../i18n/label'

interface Props {
  readonly step: Extract<Step, { type: 'confirm' }>
  readonly task: TaskCard
  readonly onSubmitted: (out: SubmittedTask) => void
}

export function ConfirmStep({ step, task, onSubmitted }: Props) {
  const { t } = useTranslation('work')
  const { message } = App.useApp()
  const key = useRef(newKey())
  const hasForm = task.steps.some((one) => one.type === 'form')
  const confirm = useMutation({
    mutationFn: () =>
      call(
        api.POST('/tasks/{uid}/submission', { params: { path: { uid: task.uid } }, body: { key: key.current, values: {} } }),
      ) as Promise<SubmittedTask>,
    onSuccess: onSubmitted,
    onError: (error) => void message.error(error instanceof ApiProblem && error.title ? error.title : t('failedServer', { ns: 'common' })),
  })
  return (
    <>
      {step.text && <p>{label(step.text)}</p>}
      {!hasForm && task.state === 'open' && (
        <Button type="primary" loading={confirm.isPending} onClick={() => confirm.mutate()}>
          {t('task_.confirm')}
        </Button>
      )}
    </>
  )
}
