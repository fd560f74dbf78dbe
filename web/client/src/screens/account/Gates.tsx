// Full pages in front of everything: recovery codes just made, and codes an administrator must set up.
import { useMutation } from '@tanstack/react-query'
import { Button } from 'antd'
import { useEffect, type ReactNode } from 'react'
import { useTranslation } from '../../i18n/useTranslation'
import '../../i18n/account'
import { api } from '../../api/client'
import { call } from '../../api/problem'
import { CopyButton } from '../../parts/CopyButton'
import { useTitle } from '../../parts/Page'
import { Refused } from '../../parts/Refused'
import { Loading } from '../../parts/States'
import { keepRecoveryCodes } from '../../shell/recovery'
import { useSignOut } from '../../shell/session'
import styles from './Account.module.css'
import { Enrolment } from './Enrolment'

function Sheet({ title, children }: { title: string; children: ReactNode }) {
  useTitle(title)
  return (
    <main className={styles.full}>
      <div className={`card ${styles.sheet}`}>
        <h1>{title}</h1>
        {children}
      </div>
    </main>
  )
}

export function RecoveryCodes({ codes }: { codes: readonly string[] }) {
  const { t } = useTranslation('account')
  const signOut = useSignOut()
  return (
    <Sheet title={t('recovery.title')}>
      <p>{t('recovery.intro')}</p>
      <ul className={styles.codes} data-testid="recovery">
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ul>
      <p className={styles.actions}>
        <Button
          type="primary"
          onClick={() => {
            keepRecoveryCodes(null)
            void signOut()
          }}
        >
          {t('recovery.kept')}
        </Button>
        <CopyButton text={codes.join('\n')} words={t('recovery.copy')} />
        <Button onClick={() => window.print()}>{t('print', { ns: 'common' })}</Button>
      </p>
    </Sheet>
  )
}

export function MustEnrol() {
  const { t } = useTranslation('account')
  const signOut = useSignOut()
  const begin = useMutation({ mutationFn: () => call(api.POST('/me/second-factor')) })
  const start = begin.mutate
  useEffect(() => start(), [start])
  return (
    <Sheet title={t('factor.title')}>
      <p>{t('factor.must')}</p>
      <Refused error={begin.error} />
      {begin.data ? <Enrolment begun={begin.data} /> : !begin.error && <Loading rows={3} />}
      <p>
        <Button type="link" onClick={() => void signOut()}>
          {t('top.signOut', { ns: 'desk' })}
        </Button>
      </p>
    </Sheet>
  )
}

export default function Gate({ codes }: { codes: readonly string[] | null }) {
  return codes ? <RecoveryCodes codes={codes} /> : <MustEnrol />
}
