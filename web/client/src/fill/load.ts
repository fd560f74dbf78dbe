// Loads what the link asks for, with the session it needs.
import { api, setCsrf } from '../api/client'
import { ApiProblem, call } from '../api/problem'
import type { FormDescriptor, Step, SubmittedTask, TaskCard, Wire } from '../api/types'
import { setBusinessClock } from '../format/time'
import { uploadTo } from '../form/files/upload'
import { lookup } from '../form/lookup'
import type { Place } from '../form/model/draft'
import { defaultsOf } from '../form/model/rules'
import { startFor } from '../form/model/subject'
import { inputsOf, type Inputs } from '../form/model/values'
import type { Asked } from './link'

export interface Opened {
  readonly form: FormDescriptor
  readonly task: TaskCard | null
  readonly start: Inputs
  readonly draft: Place
  readonly canCopy?: boolean // a person of our own may start with what was sent last
  readonly send: (values: Record<string, Wire>, key: string) => Promise<{ record_uid?: string | null; response_hours?: string | null }>
}

export type Loading =
  | { readonly state: 'loading' }
  | { readonly state: 'signed_out' }
  | { readonly state: 'no_link' }
  | { readonly state: 'failed'; readonly isMissing: boolean }
  | { readonly state: 'closed'; readonly task: TaskCard }
  | { readonly state: 'open'; readonly opened: Opened }

export async function signIn(login: string, password: string, code: string): Promise<void> {
  const session = await call(api.POST('/session', { body: { login, password, ...(code ? { code } : {}) } }))
  setCsrf(session.csrf)
}

type Given = Readonly<Record<string, string>>
const openingOf = (given: Given) => new URLSearchParams(given).toString()

/** Without values of a link the defaults are all there is. */
async function startWith(form: FormDescriptor, given: Given): Promise<Inputs> {
  if (Object.keys(given).length === 0) return inputsOf(form.fields, defaultsOf(form))
  const { startOf } = await import('./start')
  return startOf(form, given, lookup)
}

const askTask = (uid: string) => call(api.GET('/tasks/{uid}', { params: { path: { uid } } })) as Promise<TaskCard>
const askForm = (name: string) => call(api.GET('/forms/{name}', { params: { path: { name } } })) as Promise<FormDescriptor>

function openTask(task: TaskCard, owner: string): Loading {
  const { uid } = task
  const step = task.steps.find((one): one is Extract<Step, { type: 'form' }> => one.type === 'form')
  if (task.state !== 'open' || !step) return { state: 'closed', task }
  const send = async (values: Record<string, Wire>, key: string) => {
    const out = (await call(api.POST('/tasks/{uid}/submission', { params: { path: { uid } }, body: { key, values } }))) as SubmittedTask
    return { record_uid: out.record_uid ?? null, response_hours: out.response_hours ?? out.task?.response_hours ?? null }
  }
  return { state: 'open', opened: { form: step.form, task, start: startFor(step.form, step), draft: { owner, form: step.form.name, task: uid }, send } }
}

async function openForm(form: FormDescriptor, given: Given, owner: string): Promise<Loading> {
  const { name } = form
  const send = (values: Record<string, Wire>, key: string) =>
    call(api.POST('/forms/{name}/submissions', { params: { path: { name } }, body: { key, values } }))
  return { state: 'open', opened: { form, task: null, start: await startWith(form, given), draft: { owner, form: name, opening: openingOf(given) }, canCopy: true, send } }
}

/** A form for whoever holds the link: no session, and uploads go to the link too. */
async function openPublic(token: string, given: Given): Promise<Loading> {
  const path = { token }
  const form = (await call(api.GET('/public/{token}', { params: { path } }))) as FormDescriptor
  uploadTo(`/public/${encodeURIComponent(token)}/files`)
  const send = (values: Record<string, Wire>, key: string) =>
    call(api.POST('/public/{token}/submissions', { params: { path }, body: { key, values } }))
  return { state: 'open', opened: { form, task: null, start: await startWith(form, given), draft: { owner: null, form: token, opening: openingOf(given) }, send } }
}

export async function load(asked: Asked): Promise<Loading> {
  if (!asked) return { state: 'no_link' }
  try {
    if (asked.kind === 'public') return await openPublic(asked.token, asked.given)
    // both at once: on a slow network each round trip is felt
    const [session, described] = await Promise.all([
      call(api.GET('/session')),
      asked.kind === 'task' ? askTask(asked.uid) : askForm(asked.name),
    ])
    setCsrf(session.csrf)
    if (session.now) setBusinessClock(session.now, session.clock_factor)
    // defaults may read the clock, so they are worked out only now
    const owner = session.account.login
    return 'steps' in described ? openTask(described, owner) : await openForm(described, asked.kind === 'form' ? asked.given : {}, owner)
  } catch (error) {
    if (!(error instanceof ApiProblem)) throw error
    if (error.status === 401) return { state: 'signed_out' }
    return { state: 'failed', isMissing: error.status === 404 || error.status === 403 }
  }
}
