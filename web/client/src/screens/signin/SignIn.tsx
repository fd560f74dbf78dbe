// Sign-in: account and password, errors beside the fields.
import { Button, Input } from 'antd'
import { useState, type FormEvent } from 'react'
import { useTranslation } from '../../i18n/useTranslation'
import { useLocation, useNavigate } from 'react-router'
import { ApiProblem } from '../../api/problem'
import { markChosen } from '../../i18n/language'
import { changeLanguage } from '../../i18n/start'
import { useTitle } from '../../parts/Page'
import { Icon, Logo } from '../../shell/icons'
import { useSignIn } from '../../shell/session'
import styles from './SignIn.module.css'

export function SignIn() {
  const { t, i18n } = useTranslation('desk')
  useTitle(t('signIn.submit'))
  const signIn = useSignIn()
  const navigate = useNavigate()
  const from = (useLocation().state as { from?: string } | null)?.from ?? '/tasks'
  const [login, setLogin] = useState('')
  const [password, setPassword] = useState('')
  const [problem, setProblem] = useState('')
  const [isBusy, setBusy] = useState(false)

  const submit = async (event: FormEvent) => {
    event.preventDefault()
    if (!login.trim()) return setProblem(t('signIn.needLogin'))
    if (!password) return setProblem(t('signIn.needPassword'))
    setBusy(true)
    setProblem('')
    try {
      await signIn(login.trim(), password)
      void navigate(from, { replace: true })
    } catch (error) {
      const known = error instanceof ApiProblem ? error : null
      setProblem(
        known?.isOffline
          ? t('failedOffline', { ns: 'common' })
          : known?.status === 401
            ? t('signIn.wrong')
            : (known?.detail ?? known?.title ?? t('failedServer', { ns: 'common' })),
      )
    } finally {
      setBusy(false)
    }
  }

  return (
    <main className={styles.page}>
      <form className={styles.card} onSubmit={(event) => void submit(event)} noValidate>
        <div className={styles.brand}>
          <Logo size={40} />
          <div>
            <h1>{t('signIn.title')}</h1>
            <p className="small muted">{t('signIn.tagline')}</p>
          </div>
        </div>
        {problem && (
          <p className={styles.problem} role="alert">
            {problem}
          </p>
        )}
        <label htmlFor="login">{t('signIn.login')}</label>
        <Input
          id="login"
          size="large"
          value={login}
          onChange={(event) => setLogin(event.target.value)}
          autoComplete="username"
          autoCapitalize="none"
          autoFocus
        />
        <label htmlFor="password">{t('signIn.password')}</label>
        <Input.Password
          id="password"
          size="large"
          value={password}
          onChange={(event) => setPassword(event.target.value)}
          autoComplete="current-password"
        />
        <Button type="primary" htmlType="submit" size="large" block loading={isBusy} className={styles.submit}>
          {t('signIn.submit')}
        </Button>
      </form>
      <Button
        type="text"
        icon={<Icon name="globe" />}
        onClick={() => {
          markChosen()
          void changeLanguage(i18n.language === 'en' ? 'zh-CN' : 'en')
        }}
      >
        {t('top.language')}
      </Button>
    </main>
  )
}
