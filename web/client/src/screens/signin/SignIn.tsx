// Sign-in: account and password, then a code where one is asked for; or an outside provider.
import { useQuery } from '@tanstack/react-query'
import { Button, Input } from 'antd'
import { useState, type FormEvent } from 'react'
import { useTranslation } from '../../i18n/useTranslation'
import { useLocation, useNavigate } from 'react-router'
import { api } from '../../api/client'
import { itemsOf } from '../../api/list'
import { ApiProblem, call } from '../../api/problem'
import { markChosen } from '../../i18n/language'
import { changeLanguage } from '../../i18n/start'
import { useTitle } from '../../parts/Page'
import { Icon, Logo } from '../../shell/icons'
import { useSignIn } from '../../shell/session'
import styles from './SignIn.module.css'

const CODE_MISSING = 'RUN310'
const ABOUT_CODE = [CODE_MISSING, 'RUN311'] // the one-time code is missing, or wrong

interface CodeProps {
  readonly login: string
  readonly code: string
  readonly onCode: (code: string) => void
  readonly onOther: () => void
}

/** The second step, for accounts that ask for a code. */
function CodeStep({ login, code, onCode, onOther }: CodeProps) {
  const { t } = useTranslation('desk')
  return (
    <>
      <p className={styles.who}>
        <strong>{login}</strong>
        <Button type="link" size="small" onClick={onOther}>
          {t('signIn.otherAccount')}
        </Button>
      </p>
      <label htmlFor="code">{t('signIn.code')}</label>
      <Input
        id="code"
        size="large"
        value={code}
        onChange={(event) => onCode(event.target.value)}
        aria-describedby="code-hint"
        autoComplete="one-time-code"
        autoCapitalize="none"
        autoFocus
      />
      <p className="small muted" id="code-hint">
        {t('signIn.codeHint')}
      </p>
    </>
  )
}

/** Ways that lead to an outside provider, when there are any. */
function OtherWays() {
  const { t } = useTranslation('desk')
  const query = useQuery({ queryKey: ['session', 'providers'], queryFn: () => call(api.GET('/session/providers')), retry: false })
  const ways = itemsOf(query.data).filter((way) => way.address)
  if (ways.length === 0) return null
  return (
    <>
      <p className={styles.or}>{t('signIn.or')}</p>
      {ways.map((way) => (
        <Button key={way.key} size="large" block href={way.address}>
          {t('signIn.with', { name: way.label || t('signIn.ways.oidc') })}
        </Button>
      ))}
    </>
  )
}

export function SignIn() {
  const { t, i18n } = useTranslation('desk')
  useTitle(t('signIn.submit'))
  const signIn = useSignIn()
  const navigate = useNavigate()
  const place = useLocation()
  const notCome = new URLSearchParams(place.search).get('refused')
  const reasons: Partial<Record<string, string>> = t('signIn.refused', { returnObjects: true })
  const reason = (refusal: string | null) => {
    const known = refusal ? reasons[refusal] : undefined
    return known ? `${known}${t('signIn.codeOf', { code: refusal })}` : t('signIn.notCome', { code: refusal })
  }
  const from = (place.state as { from?: string } | null)?.from ?? '/tasks'
  const [login, setLogin] = useState('')
  const [password, setPassword] = useState('')
  const [code, setCode] = useState('')
  const [asksForCode, setAsksForCode] = useState(false)
  const [problem, setProblem] = useState('')
  const [isBusy, setBusy] = useState(false)

  const startAnew = () => {
    setAsksForCode(false)
    setCode('')
    setPassword('')
    setProblem('')
  }

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
      if (known?.code === CODE_MISSING) return // the next step asks for it; nothing went wrong
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
        {(problem || notCome) && (
          <p className={styles.problem} role="alert">
            {problem || reason(notCome)}
          </p>
        )}
        {asksForCode ? (
          <CodeStep login={login} code={code} onCode={setCode} onOther={startAnew} />
        ) : (
          <>
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
          </>
        )}
        <Button type="primary" htmlType="submit" size="large" block loading={isBusy} className={styles.submit}>
          {t('signIn.submit')}
        </Button>
        {!asksForCode && <OtherWays />}
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
