// Sign-in without leaving the form's page.
import { useState, type FormEvent } from 'react'
import { useTranslation } from '../i18n/useTranslation'
import { ApiProblem } from '../api/problem'
import native from '../form/native/Native.module.css'
import styles from './Fill.module.css'
import { signIn } from './load'

const CODE_MISSING = 'RUN310'
const CODE_WRONG = 'RUN311'

export function PhoneSignIn({ onIn }: { onIn: () => void }) {
  const { t } = useTranslation('fill')
  const [login, setLogin] = useState('')
  const [password, setPassword] = useState('')
  const [code, setCode] = useState('')
  const [asksForCode, setAsksForCode] = useState(false)
  const [problem, setProblem] = useState('')
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setProblem('')
    try {
      await signIn(login.trim(), password, code.trim())
      onIn()
    } catch (error) {
      const known = error instanceof ApiProblem ? error : null
      if (known?.code === CODE_MISSING) return setAsksForCode(true)
      setProblem(known?.isOffline ? t('offline') : known?.code === CODE_WRONG ? t('wrongCode') : t('wrong'))
    }
  }
  return (
    <form className={styles.signIn} onSubmit={(event) => void submit(event)}>
      <h1>{t('signIn')}</h1>
      {problem && (
        <p className={styles.problem} role="alert">
          {problem}
        </p>
      )}
      <label htmlFor="login">{t('login')}</label>
      <input
        id="login"
        className={native.control}
        value={login}
        onChange={(event) => setLogin(event.target.value)}
        autoComplete="username"
        autoCapitalize="none"
        required
      />
      <label htmlFor="password">{t('password')}</label>
      <input
        id="password"
        type="password"
        className={native.control}
        value={password}
        onChange={(event) => setPassword(event.target.value)}
        autoComplete="current-password"
        required
      />
      {asksForCode && (
        <>
          <label htmlFor="code">{t('code')}</label>
          <input
            id="code"
            className={native.control}
            value={code}
            onChange={(event) => setCode(event.target.value)}
            autoComplete="one-time-code"
            autoCapitalize="none"
            autoFocus
            required
          />
        </>
      )}
      <button type="submit" className={styles.primary}>
        {t('enter')}
      </button>
    </form>
  )
}
