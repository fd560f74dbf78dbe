// Setting up one-time codes: scan, type the first code, keep the recovery codes.
import { useMutation } from '@tanstack/react-query'
import { Button, Input } from 'antd'
import { useState, type FormEvent } from 'react'
import { useTranslation } from '../../i18n/useTranslation'
import '../../i18n/account'
import { api } from '../../api/client'
import { call } from '../../api/problem'
import type { SecondFactorBegun } from '../../api/types'
import { Refused } from '../../parts/Refused'
import { keepRecoveryCodes } from '../../shell/recovery'
import styles from './Account.module.css'

/** A picture from our own server as an image: as an image it can run nothing. */
export const pictureOf = (svg: string) => `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`

export function Enrolment({ begun, onCancel }: { begun: SecondFactorBegun; onCancel?: () => void }) {
  const { t } = useTranslation('account')
  const [code, setCode] = useState('')
  const confirm = useMutation({
    mutationFn: () => call(api.PUT('/me/second-factor', { body: { code: code.replace(/\s/g, '') } })),
    onSuccess: (made) => keepRecoveryCodes(made.recovery_codes),
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (code.trim()) confirm.mutate()
  }
  return (
    <form className={styles.enrol} onSubmit={submit}>
      <img src={pictureOf(begun.svg)} alt={t('factor.picture')} className={styles.code} />
      <div className={styles.steps}>
        <p>1. {t('factor.scan')}</p>
        <p className="muted">
          {t('factor.byHand')} <code data-testid="secret">{begun.secret}</code>
        </p>
        <div className={styles.field}>
          <label htmlFor="first-code">2. {t('factor.type')}</label>
          <Input
            id="first-code"
            value={code}
            onChange={(event) => setCode(event.target.value)}
            inputMode="numeric"
            autoComplete="one-time-code"
            maxLength={10}
            style={{ maxWidth: 200 }}
            autoFocus
          />
        </div>
        <p className="small muted">{t('factor.ends')}</p>
        <Refused error={confirm.error} />
        <p className={styles.actions}>
          <Button type="primary" htmlType="submit" loading={confirm.isPending}>
            {t('factor.confirm')}
          </Button>
          {onCancel && <Button onClick={onCancel}>{t('cancel', { ns: 'common' })}</Button>}
        </p>
      </div>
    </form>
  )
}
