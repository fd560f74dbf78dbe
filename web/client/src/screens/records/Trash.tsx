// What was deleted: bring it back, or, for administrators, forget it for good.
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import { App, Button, Drawer } from 'antd'
import { useTranslation } from '../../i18n/useTranslation'
import '../../i18n/life'
import { api } from '../../api/client'
import { itemsOf, nextOf } from '../../api/list'
import { call } from '../../api/problem'
import type { EntityDescriptor, TrashedRecord } from '../../api/types'
import { formatDateTime } from '../../format/time'
import { label } from '../../i18n/label'
import { useWordsOf } from '../../parts/Refused'
import { Loaded, Nothing } from '../../parts/States'
import { useIsAdmin } from '../../shell/session'
import styles from './Lists.module.css'

function useTrashActions(entity: string) {
  const { t } = useTranslation('life')
  const { modal, message } = App.useApp()
  const client = useQueryClient()
  const words = useWordsOf()
  const done = (said: string) => {
    void message.success(said)
    for (const root of ['trash', 'records', 'count']) void client.invalidateQueries({ queryKey: [root, entity] })
  }
  const path = (uid: string) => ({ path: { name: entity, uid } })
  const restore = useMutation({
    mutationFn: (record: TrashedRecord) => call(api.POST('/entities/{name}/trash/{uid}/restore', { params: path(record.uid) })),
    onSuccess: (_, record) => done(t('trash.restored', { name: record.display })),
    onError: (error) => void message.error(words(error)),
  })
  const purge = (record: TrashedRecord) =>
    modal.confirm({
      title: t('trash.purgeTitle', { name: record.display }),
      content: t('trash.purgeText'),
      okText: t('trash.purge'),
      okButtonProps: { danger: true },
      onOk: () =>
        call(api.DELETE('/entities/{name}/trash/{uid}', { params: { ...path(record.uid), query: { at_once: 'yes' } } })).then(
          () => done(t('trash.purged')),
          (error: unknown) => void message.error(words(error)),
        ),
    })
  return { restore, purge }
}

export default function Trash({ entity, onClose }: { entity: EntityDescriptor; onClose: () => void }) {
  const { t } = useTranslation('life')
  const isAdmin = useIsAdmin()
  const { restore, purge } = useTrashActions(entity.name)
  const query = useInfiniteQuery({
    queryKey: ['trash', entity.name],
    queryFn: ({ pageParam }) =>
      call(api.GET('/entities/{name}/trash', { params: { path: { name: entity.name }, query: pageParam ? { cursor: pageParam } : {} } })),
    initialPageParam: '',
    getNextPageParam: (page) => nextOf(page),
  })
  return (
    <Drawer open onClose={onClose} size={560} title={`${label(entity.label, entity.name)} · ${t('trash.title')}`}>
      <Loaded query={query} rows={5}>
        {(data) => {
          const records = data.pages.flatMap((page) => itemsOf(page))
          if (records.length === 0) return <Nothing text={t('trash.empty')} />
          return (
            <ul className={styles.lines}>
              {records.map((record) => (
                <li key={record.uid}>
                  <div className={styles.what}>
                    <p>{record.display}</p>
                    <p className="small muted num">{t('trash.line', { who: record.deleted_by, at: formatDateTime(record.deleted_at) })}</p>
                  </div>
                  <Button onClick={() => restore.mutate(record)} disabled={restore.isPending} aria-label={t('trash.restoreOne', { name: record.display })}>
                    {t('trash.restore')}
                  </Button>
                  {isAdmin && (
                    <Button danger type="text" onClick={() => void purge(record)} aria-label={`${t('trash.purge')} ${record.display}`}>
                      {t('trash.purge')}
                    </Button>
                  )}
                </li>
              ))}
            </ul>
          )
        }}
      </Loaded>
      {query.hasNextPage && <Button onClick={() => void query.fetchNextPage()}>{t('loadMore', { ns: 'common' })}</Button>}
    </Drawer>
  )
}
