// Asks for a sync soon; both the list and the page of a source can.
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { App } from 'antd'
import { api } from '../../api/client'
import { ApiProblem, call } from '../../api/problem'
import { useTranslation } from '../../i18n/useTranslation'

export function useSourceRun() {
  const { t } = useTranslation('admin')
  const { message } = App.useApp()
  const client = useQueryClient()
  return useMutation({
    mutationFn: (name: string) => call(api.POST('/sources/{name}/run', { params: { path: { name } } })),
    onSuccess: () => {
      void message.success(t('sources.runStarted'))
      void client.invalidateQueries({ queryKey: ['sources'] })
    },
    onError: (error) => void message.error(error instanceof ApiProblem && error.title ? error.title : t('failedServer', { ns: 'common' })),
  })
}
