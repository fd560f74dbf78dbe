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

const ABOUT_CODE = ['RUN310', 'RUN311'] // the one-time code is missing, or wrong

export function SignIn() {
  const { t, i18n } = useTranslation('desk')
  useTitle(t('signIn.submit'))
  const signIn = useSignIn()
  const navigate = useNavigate()
  const from = (useLocation().state as { from?: string } | null)?.from ?? '/tasks'
  const [login, setLogin] = useState('')
  const [password, setPassword] = useState('')
  const [code, setCode] = useState('')
  const [asksForCode, setAsksForCode] = useState(false)
  const [problem, setProblem] = useState('')
  const [isBusy, setBusy] = useState(false)

  const submit = async (event: FormEvent) => {
    event.preventDefault()
    if (!login.trim()) return setProblem(t('signIn.needLogin'))
    if (!password) return setProblem(t('signIn.needPassword'))
    setBusy(true)
    setProblem('')
    try {
      await signIn(login.trim(), password, code.trim())
      void navigate(from, { replace: true })
    } catch (error) {
      const known = error instanceof ApiProblem ? error : null
      const isAboutCode = known !== null && ABOUT_CODE.includes(known.code)
      if (isAboutCode) setAsksForCode(true)
      setProblem(
        known?.isOffline
          ? t('failedOffline', { ns: 'common' })
          : known?.status === 401 && !isAboutCode
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
        {asksForCode && (
          <>
            <label htmlFor="code">{t('signIn.code')}</label>
            <Input
              id="code"
              size="large"
              value={code}
              onChange={(event) => setCode(event.target.value)}
              autoComplete="one-time-code"
              autoFocus
            />
          </>
        )}
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
