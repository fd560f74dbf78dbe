// Who is signed in: read once, changed by sign-in and sign-out.
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from 'react-router'
import { api, setCsrf } from '../api/client'
import { forgetAnswers } from '../api/etag'
import { call } from '../api/problem'
import { sessionQuery } from '../api/queries'
import type { Session } from '../api/types'
import { setBusinessClock } from '../format/time'
import { currentLanguage, takeChosen } from '../i18n/language'
import { changeLanguage } from '../i18n/start'

export function useSession() {
  return useQuery(sessionQuery)
}

export function useIsAdmin(): boolean {
  return useQuery(sessionQuery).data?.account.admin === true
}

export function useSignIn() {
  const client = useQueryClient()
  return async (login: string, password: string, code?: string) => {
    const session = await call(api.POST('/session', { body: { login, password, ...(code ? { code } : {}) } }))
    client.clear()
    forgetAnswers()
    setCsrf(session.csrf)
    const signed = takeChosen()
      ? await call(api.PATCH('/session', { body: { language: currentLanguage() } })).catch(() => session)
      : session
    admit(signed)
    client.setQueryData(sessionQuery.queryKey, signed)
  }
}

export function useSignOut() {
  const client = useQueryClient()
  return async () => {
    await call(api.DELETE('/session')).catch(() => undefined) // a dead session is signed out already
    setCsrf('')
    forgetAnswers()
    client.clear()
    window.location.assign('/sign-in')
  }
}

/** Takes another session over as one's own: what was read before is not what is seen now. */
function useTakeOver() {
  const client = useQueryClient()
  return (session: Session) => {
    forgetAnswers()
    client.removeQueries({ predicate: (query) => query.queryKey[0] !== 'session' })
    admit(session)
    client.setQueryData(sessionQuery.queryKey, session)
    void client.invalidateQueries({ predicate: (query) => query.queryKey[0] !== 'session' })
  }
}

/** Looks at everything as another account. */
export function useViewAs() {
  const takeOver = useTakeOver()
  const navigate = useNavigate()
  return async (login: string, reason: string) => {
    takeOver(await call(api.POST('/session/view-as', { body: { login, reason } })))
    void navigate('/tasks')
  }
}

/** Looks as oneself again. */
export function useEndView() {
  const takeOver = useTakeOver()
  const navigate = useNavigate()
  return async () => {
    await call(api.DELETE('/session/view-as'))
    forgetAnswers()
    takeOver(await call(api.GET('/session')))
    void navigate('/accounts')
  }
}

/** Takes over what a session says: the CSRF token and the language of the account. */
export function admit(session: Session): void {
  setCsrf(session.csrf)
  if (session.now) setBusinessClock(session.now, session.clock_factor)
  if (session.viewed_by) return // the one who looks reads in their own language
  const language = session.account.language
  if (language === 'zh-CN' || language === 'en') void changeLanguage(language)
}
