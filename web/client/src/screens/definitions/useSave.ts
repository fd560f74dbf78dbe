// Keeps a changed document of an entity as a draft.
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { App } from 'antd'
import { useTranslation } from '../../i18n/useTranslation'
import '../../i18n/change'
import { api } from '../../api/client'
import { call } from '../../api/problem'
import type { EntityDocument } from './document'
import { draftsQuery } from './queries'

export interface Edited {
  readonly entity: string
  readonly document: EntityDocument
  /** Of the draft there is; 0 without one. */
  readonly version: number
}

export function useSave({ entity, version }: Edited, onSaved: () => void = () => undefined) {
  const { t } = useTranslation('change')
  const { message } = App.useApp()
  const client = useQueryClient()
  return useMutation({
    mutationFn: (document: EntityDocument) =>
      call(
        api.PUT('/definitions/drafts/{kind}/{name}', {
          params: { path: { kind: 'entity', name: entity } },
          body: { document: document as Record<string, unknown>, version },
        }),
      ),
    onSuccess: async () => {
      void message.success(t('structure.drafted'))
      await client.invalidateQueries({ queryKey: draftsQuery.queryKey })
      onSaved()
    },
  })
}
