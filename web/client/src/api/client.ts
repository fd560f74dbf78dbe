// The one HTTP client: language and CSRF headers on every call, ETags on reads.
import createClient from 'openapi-fetch'
import { currentLanguage } from '../i18n/language'
import { fetchWithEtag } from './etag'
import type { paths } from './paths'

let csrf = ''
let onSignedOut: () => void = () => {}

export function setCsrf(token: string): void {
  csrf = token
}

export const csrfToken = (): string => csrf

/** Registers what happens when any call is answered with 401. */
export function whenSignedOut(action: () => void): void {
  onSignedOut = action
}

export const api = createClient<paths>({ baseUrl: '/api/v1', credentials: 'same-origin', fetch: fetchWithEtag })

api.use({
  onRequest({ request }) {
    request.headers.set('Accept-Language', currentLanguage())
    if (csrf && request.method !== 'GET') request.headers.set('X-CSRF-Token', csrf)
    return request
  },
  onResponse({ response, schemaPath }) {
    if (response.status === 401 && schemaPath !== '/session') onSignedOut()
  },
})
