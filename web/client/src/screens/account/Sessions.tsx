// Where I am signed in; any other place can be ended, or all of them.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { App, Button } from 'antd'
import { useTranslation } from '../../i18n/useTranslation'
import { api } from '../../api/client'
import { itemsOf } from '../../api/list'
import { call } from '../../api/problem'
import type { OwnSession } from '../../api/types'
import { formatDateTime } from '../../format/time'
import { Badge } from '../../parts/Badge'
import { Refused } from '../../parts/Refused'
import { Loaded } from '../../parts/States'
import styles from './Account.module.css'
import { agentOf } from './agent'

function useName(): (session: OwnSession) => string {
  const { t } = useTranslation('account')
  return ({ agent }) => {
    const { browser, system } = agentOf(agent)
    if (browser && system) return t('sessions.on', { browser, system })
    if (browser ?? system) return browser ?? system ?? ''
    return agent ? t('sessions.program') : t('sessions.unknown')
  }
}

const end = (uid: string) => call(api.DELETE('/me/sessions/{uid}', { params: { path: { uid } } }))

export function Sessions() {
  const { t } = useTranslation('account')
  const { message } = App.useApp()
  const client = useQueryClient()
  const nameOf = useName()
  const query = useQuery({ queryKey: ['me', 'sessions'], queryFn: () => call(api.GET('/me/sessions')) })
  const sessions = itemsOf(query.data)
  const others = sessions.filter((session) => !session.current)
  const ending = useMutation({
    mutationFn: (uids: readonly string[]) => Promise.all(uids.map(end)),
    onSuccess: (ended) => void message.success(t('sessions.ended', { count: ended.length })),
    onSettled: () => void client.invalidateQueries({ queryKey: ['me', 'sessions'] }),
  })
  return (
    <section className={`card ${styles.block}`} aria-labelledby="sessions-title">
      <h2 id="sessions-title">{t('sessions.title')}</h2>
      <p className="muted">{t('sessions.intro')}</p>
      <Refused error={ending.error} />
      <Loaded query={query} rows={3}>
        {() => (
          <ul className={styles.lines}>
            {sessions.map((session) => (
              <li key={session.uid}>
                <div className={styles.what}>
                  <p title={session.agent}>
                    <strong>{nameOf(session)}</strong> {session.current && <Badge tone="green">{t('sessions.current')}</Badge>}
                  </p>
                  <p className="small muted num">
                    {t('sessions.seen', { at: formatDateTime(session.seen_at) })} ·{' '}
                    {t('sessions.opened', { at: formatDateTime(session.opened_at) })}
                  </p>
                </div>
                {!session.current && (
                  <Button
                    onClick={() => ending.mutate([session.uid])}
                    disabled={ending.isPending}
                    aria-label={t('sessions.endOne', { what: nameOf(session) })}
                  >
                    {t('sessions.end')}
                  </Button>
                )}
              </li>
            ))}
          </ul>
        )}
      </Loaded>
      {others.length > 1 && (
        <p>
          <Button danger loading={ending.isPending} onClick={() => ending.mutate(others.map((session) => session.uid))}>
            {t('sessions.endOthers')}
          </Button>
        </p>
      )}
    </section>
  )
}
