// Who is signed in: read once, changed by sign-in and sign-out.
import { useQuery, useQueryClient } from '@tanstack/react-query'
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

/** Takes over what a session says: the CSRF token and the language of the account. */
export function admit(session: Session): void {
  setCsrf(session.csrf)
  if (session.now) setBusinessClock(session.now, session.clock_factor)
  const language = session.account.language
  if (language === 'zh-CN' || language === 'en') void changeLanguage(language)
}
