// A new password: the present one, and the next one twice.
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { App, Button, Input } from 'antd'
import { useState, type FormEvent } from 'react'
import { useTranslation } from '../../i18n/useTranslation'
import { api, setCsrf } from '../../api/client'
import { call } from '../../api/problem'
import { sessionQuery } from '../../api/queries'
import { Refused } from '../../parts/Refused'
import styles from './Account.module.css'

const NOTHING = { old: '', next: '', again: '' }

export function Password() {
  const { t } = useTranslation('account')
  const { message } = App.useApp()
  const client = useQueryClient()
  const [isOpen, setOpen] = useState(false)
  const [given, setGiven] = useState(NOTHING)
  const [differs, setDiffers] = useState(false)
  const change = useMutation({
    mutationFn: () => call(api.PUT('/me/password', { body: { old: given.old, new: given.next } })),
    onSuccess: (session) => {
      setCsrf(session.csrf)
      client.setQueryData(sessionQuery.queryKey, session)
      void client.invalidateQueries({ queryKey: ['me'] })
      setGiven(NOTHING)
      setOpen(false)
      void message.success(t('password.done'))
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setDiffers(given.next !== given.again)
    if (given.next === given.again && given.old && given.next) change.mutate()
  }
  const field = (key: keyof typeof NOTHING, complete: string) => (
    <div className={styles.field}>
      <label htmlFor={`password-${key}`}>{t(`password.${key}`)}</label>
      <Input.Password
        id={`password-${key}`}
        value={given[key]}
        onChange={(event) => setGiven({ ...given, [key]: event.target.value })}
        autoComplete={complete}
      />
    </div>
  )
  return (
    <section className={`card ${styles.block}`} aria-labelledby="password-title">
      <h2 id="password-title">{t('password.title')}</h2>
      <p className="muted">{t('password.intro')}</p>
      {isOpen ? (
        <form className={styles.form} onSubmit={submit}>
          {field('old', 'current-password')}
          {field('next', 'new-password')}
          {field('again', 'new-password')}
          {differs && (
            <p className="small" role="alert">
              {t('password.differ')}
            </p>
          )}
          <Refused error={change.error} />
          <p className={styles.actions}>
            <Button type="primary" htmlType="submit" loading={change.isPending}>
              {t('password.change')}
            </Button>
            <Button onClick={() => setOpen(false)}>{t('cancel', { ns: 'common' })}</Button>
          </p>
        </form>
      ) : (
        <p>
          <Button onClick={() => setOpen(true)}>{t('password.change')}</Button>
        </p>
      )}
    </section>
  )
}
