// My keys for programs: what each may do, when it ends; revoking one.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { App, Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from '../../i18n/useTranslation'
import { api } from '../../api/client'
import { itemsOf } from '../../api/list'
import { call } from '../../api/problem'
import type { ApiKey } from '../../api/types'
import { formatDate, formatDateTime } from '../../format/time'
import { Badge } from '../../parts/Badge'
import { useWordsOf } from '../../parts/Refused'
import { Loaded } from '../../parts/States'
import styles from './Account.module.css'
import { NewKey } from './NewKey'
import { useScopeWords } from './scopes'

function useRevoke() {
  const { t } = useTranslation('account')
  const { modal, message } = App.useApp()
  const client = useQueryClient()
  const words = useWordsOf()
  const revoke = useMutation({
    mutationFn: (uid: string) => call(api.DELETE('/me/keys/{uid}', { params: { path: { uid } } })),
    onSuccess: () => void message.success(t('keys.revoked')),
    onError: (error) => void message.error(words(error)),
    onSettled: () => void client.invalidateQueries({ queryKey: ['me', 'keys'] }),
  })
  return (key: ApiKey) =>
    modal.confirm({
      title: t('keys.revokeTitle', { name: key.label }),
      content: t('keys.revokeText'),
      okText: t('keys.revoke'),
      okButtonProps: { danger: true },
      onOk: () => revoke.mutateAsync(key.uid).catch(() => undefined),
    })
}

function Line({ held, onRevoke }: { held: ApiKey; onRevoke: () => void }) {
  const { t } = useTranslation('account')
  const wordsOf = useScopeWords()
  const isOver = Date.parse(held.expires_at) < Date.now()
  return (
    <li>
      <div className={styles.what}>
        <p>
          <strong>{held.label}</strong> {isOver && <Badge tone="red">{t('keys.expired')}</Badge>}
        </p>
        <p className="small muted">{wordsOf(held.scopes)}</p>
        <p className="small muted num">
          {t('keys.expires', { at: formatDate(held.expires_at) })} ·{' '}
          {held.used_at ? t('keys.used', { at: formatDateTime(held.used_at) }) : t('keys.unused')}
        </p>
      </div>
      <Button danger onClick={onRevoke} aria-label={`${t('keys.revoke')} ${held.label}`}>
        {t('keys.revoke')}
      </Button>
    </li>
  )
}

export function Keys() {
  const { t } = useTranslation('account')
  const query = useQuery({ queryKey: ['me', 'keys'], queryFn: () => call(api.GET('/me/keys')) })
  const revoke = useRevoke()
  const [isMaking, setMaking] = useState(false)
  return (
    <section className={`card ${styles.block}`} aria-labelledby="keys-title">
      <h2 id="keys-title">{t('keys.title')}</h2>
      <p className="muted">{t('keys.intro')}</p>
      <Loaded query={query} rows={2}>
        {(page) => (
          <>
            {itemsOf(page).length === 0 ? (
              <p className="muted">{t('keys.empty')}</p>
            ) : (
              <ul className={styles.lines}>
                {itemsOf(page).map((held) => (
                  <Line key={held.uid} held={held} onRevoke={() => void revoke(held)} />
                ))}
              </ul>
            )}
            <p>
              <Button type="primary" onClick={() => setMaking(true)}>
                {t('keys.create')}
              </Button>
            </p>
            {isMaking && <NewKey scopes={page.scopes} onClose={() => setMaking(false)} />}
          </>
        )}
      </Loaded>
    </section>
  )
}
