// Saved views of a list: choose one, keep the present one, share it with roles.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { App, Button, Dropdown, Input, Modal, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from '../../i18n/useTranslation'
import '../../i18n/life'
import { api } from '../../api/client'
import { itemsOf } from '../../api/list'
import { call } from '../../api/problem'
import { accountsQuery } from '../../api/queries'
import type { EntityDescriptor, ListDocument, SavedView } from '../../api/types'
import { Refused, useWordsOf } from '../../parts/Refused'
import { useIsAdmin } from '../../shell/session'
import styles from './Lists.module.css'

function SaveDialog({ entity, document, onClose, onSaved }: { entity: string; document: ListDocument; onClose: () => void; onSaved: (view: SavedView) => void }) {
  const { t } = useTranslation('life')
  const isAdmin = useIsAdmin()
  const accounts = useQuery({ ...accountsQuery, enabled: isAdmin })
  const known = [...new Set(itemsOf(accounts.data).flatMap((one) => one.roles))].sort()
  const [name, setName] = useState('')
  const [roles, setRoles] = useState<string[]>([])
  const [isTried, setTried] = useState(false)
  const save = useMutation({
    mutationFn: () => call(api.POST('/entities/{name}/views', { params: { path: { name: entity } }, body: { name: name.trim(), document, roles } })),
    onSuccess: onSaved,
  })
  const submit = () => {
    setTried(true)
    if (name.trim()) save.mutate()
  }
  return (
    <Modal open onCancel={onClose} title={t('views.saveTitle')} okText={t('save', { ns: 'common' })} okButtonProps={{ loading: save.isPending }} onOk={submit}>
      <div className={styles.form}>
        <div className={styles.field}>
          <label htmlFor="view-name">{t('views.name')}</label>
          <Input
            id="view-name"
            autoFocus
            maxLength={100}
            value={name}
            onChange={(event) => setName(event.target.value)}
            onPressEnter={submit}
            placeholder={t('views.nameHint')}
            {...(isTried && !name.trim() ? { status: 'error' as const } : {})}
          />
          {isTried && !name.trim() && <p role="alert">{t('views.needName')}</p>}
        </div>
        {isAdmin && (
          <div className={styles.field}>
            <label htmlFor="view-roles">{t('views.roles')}</label>
            <Select id="view-roles" mode="multiple" value={roles} onChange={setRoles} options={known.map((role) => ({ value: role, label: role }))} />
            <p className="small muted">{t('views.rolesHint')}</p>
          </div>
        )}
        <Refused error={save.error} />
      </div>
    </Modal>
  )
}

interface Props {
  readonly entity: EntityDescriptor
  readonly document: ListDocument
  readonly onChoose: (document: ListDocument) => void
}

const same = (a: ListDocument, b: ListDocument) => JSON.stringify(a) === JSON.stringify(b)

export function Views({ entity, document, onChoose }: Props) {
  const { t } = useTranslation('life')
  const { message } = App.useApp()
  const client = useQueryClient()
  const words = useWordsOf()
  const query = useQuery({ queryKey: ['views', entity.name], queryFn: () => call(api.GET('/entities/{name}/views', { params: { path: { name: entity.name } } })) })
  const [chosen, setChosen] = useState<string | null>(null)
  const [isSaving, setSaving] = useState(false)
  const views = itemsOf(query.data)
  const current = views.find((view) => view.uid === chosen)
  const isChanged = current !== undefined && !same(current.document, document)
  const refresh = () => void client.invalidateQueries({ queryKey: ['views', entity.name] })
  const update = useMutation({
    mutationFn: (view: SavedView) =>
      call(
        api.PUT('/views/{uid}', {
          params: { path: { uid: view.uid } },
          body: { name: view.name, document, roles: view.roles, base_version: view.version },
        }),
      ),
    onSuccess: (view) => void message.success(t('views.updated', { name: view.name })),
    onError: (error) => void message.error(words(error)),
    onSettled: refresh,
  })
  const remove = useMutation({
    mutationFn: (view: SavedView) => call(api.DELETE('/views/{uid}', { params: { path: { uid: view.uid } } })),
    onSuccess: (_, view) => void message.success(t('views.removed', { name: view.name })),
    onError: (error) => void message.error(words(error)),
    onSettled: refresh,
  })
  const choose = (key: string) => {
    if (key === 'save') return setSaving(true)
    if (key === 'update' && current) return update.mutate(current)
    if (key === 'remove' && current) {
      setChosen(null)
      return remove.mutate(current)
    }
    const view = views.find((one) => one.uid === key)
    setChosen(view?.uid ?? null)
    onChoose(view?.document ?? {})
  }
  const items = [
    { key: 'all', label: t('views.all') },
    ...views.map((view) => ({ key: view.uid, label: view.mine ? view.name : `${view.name} (${t('views.shared')})` })),
    { type: 'divider' as const },
    { key: 'save', label: t('views.save') },
    ...(current?.mine && isChanged ? [{ key: 'update', label: t('views.update', { name: current.name }) }] : []),
    ...(current?.mine ? [{ key: 'remove', danger: true, label: t('views.remove', { name: current.name }) }] : []),
  ]
  return (
    <>
      <Dropdown trigger={['click']} menu={{ items, selectable: true, selectedKeys: [current?.uid ?? 'all'], onClick: ({ key }) => choose(key) }}>
        <Button>
          {current ? `${current.name}${isChanged ? ' *' : ''}` : t('views.title')} <span aria-hidden="true">▾</span>
        </Button>
      </Dropdown>
      {isSaving && (
        <SaveDialog
          entity={entity.name}
          document={document}
          onClose={() => setSaving(false)}
          onSaved={(view) => {
            setSaving(false)
            setChosen(view.uid)
            refresh()
            void message.success(t('views.saved', { name: view.name }))
          }}
        />
      )}
    </>
  )
}
