// One-time codes: whether they are asked for, turning them on and off.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Input, Modal } from 'antd'
import { useState } from 'react'
import { useTranslation } from '../../i18n/useTranslation'
import { api } from '../../api/client'
import { call } from '../../api/problem'
import { sessionQuery } from '../../api/queries'
import type { SecondFactor } from '../../api/types'
import { Badge } from '../../parts/Badge'
import { Refused } from '../../parts/Refused'
import { Loaded } from '../../parts/States'
import styles from './Account.module.css'
import { Enrolment } from './Enrolment'

function TurnOff({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation('account')
  const client = useQueryClient()
  const [code, setCode] = useState('')
  const end = useMutation({
    mutationFn: () => call(api.POST('/me/second-factor/end', { body: { code: code.trim() } })),
    onSuccess: () => void client.resetQueries({ queryKey: sessionQuery.queryKey }), // signed out everywhere
  })
  return (
    <Modal
      open
      onCancel={onClose}
      title={t('factor.stopTitle')}
      okText={t('factor.stop')}
      okButtonProps={{ danger: true, disabled: !code.trim(), loading: end.isPending }}
      onOk={() => end.mutate()}
    >
      <div className={styles.form}>
        <p>{t('factor.stopText')}</p>
        <div className={styles.field}>
          <label htmlFor="end-code">{t('factor.code')}</label>
          <Input id="end-code" value={code} onChange={(event) => setCode(event.target.value)} autoComplete="one-time-code" />
        </div>
        <Refused error={end.error} />
      </div>
    </Modal>
  )
}

function Content({ state }: { state: SecondFactor }) {
  const { t } = useTranslation('account')
  const [isEnding, setEnding] = useState(false)
  const begin = useMutation({ mutationFn: () => call(api.POST('/me/second-factor')) })
  if (begin.data) return <Enrolment begun={begin.data} onCancel={() => begin.reset()} />
  return (
    <>
      <p className="muted">{t('factor.why')}</p>
      <Refused error={begin.error} />
      <p className={styles.actions}>
        {state.active ? (
          <Button danger onClick={() => setEnding(true)}>
            {t('factor.stop')}
          </Button>
        ) : (
          <Button type="primary" loading={begin.isPending} onClick={() => begin.mutate()}>
            {t('factor.begin')}
          </Button>
        )}
        {state.active && <span className="muted">{t('factor.left', { count: state.recovery_left })}</span>}
      </p>
      {isEnding && <TurnOff onClose={() => setEnding(false)} />}
    </>
  )
}

export function SecondFactorCard() {
  const { t } = useTranslation('account')
  const query = useQuery({ queryKey: ['me', 'second-factor'], queryFn: () => call(api.GET('/me/second-factor')) })
  return (
    <section className={`card ${styles.block}`} aria-labelledby="factor-title">
      <div className={styles.actions}>
        <h2 id="factor-title">{t('factor.title')}</h2>
        {query.data && <Badge tone={query.data.active ? 'green' : 'amber'}>{query.data.active ? t('factor.on') : t('factor.off')}</Badge>}
      </div>
      <Loaded query={query} rows={2}>
        {(state) => <Content state={state} />}
      </Loaded>
    </section>
  )
}
