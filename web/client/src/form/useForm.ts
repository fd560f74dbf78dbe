// One form being filled in: state, judgement, draft and submission; used by the desk and the phone.
import { useCallback, useEffect, useMemo, useReducer, useRef, useState } from 'react'
import { newKey } from '../api/keys'
import { ApiProblem } from '../api/problem'
import type { FormDescriptor, Wire } from '../api/types'
import { defaultsOf } from './model/rules'
import { dropDraft, readDraft, writeDraft } from './model/draft'
import { reduce, startState, type FormAction, type FormState } from './model/state'
import { judge, type Finding, type Judged } from './model/validate'
import { inputsOf, type Inputs } from './model/values'

export interface Refusal {
  readonly path: string | null // null: about the form as a whole
  readonly message: string
}

export type Progress = 'filling' | 'sending' | 'waiting' // waiting: offline, will be sent again

export interface Filling {
  readonly form: FormDescriptor
  readonly state: FormState
  readonly judged: Judged
  readonly dispatch: (action: FormAction) => void
  readonly progress: Progress
  readonly refusals: readonly Refusal[] // what the server said of the last try
  readonly findings: readonly Finding[] // shown ones
  readonly tries: number
  readonly draftAt: number | null
  readonly restored: boolean
  readonly submit: () => void
  readonly restart: () => void
}

interface Options<Out> {
  readonly send: (values: Record<string, Wire>, key: string) => Promise<Out>
  readonly onSent: (out: Out) => void
  readonly draft?: string // name under which the draft is kept; none: no draft
  readonly start?: Inputs
}

const RETRY_MS = 8_000

function refusalsOf(error: ApiProblem): Refusal[] {
  const listed = error.diagnostics.map((diagnostic) => ({ path: diagnostic.field ?? null, message: diagnostic.message }))
  return listed.length ? listed : [{ path: null, message: error.detail ?? error.title }]
}

export function useForm<Out>(form: FormDescriptor, options: Options<Out>): Filling {
  const start = useMemo(() => options.start ?? inputsOf(form.fields, defaultsOf(form)), [form]) // eslint-disable-line
  const kept = useMemo(() => (options.draft ? readDraft(options.draft) : null), [options.draft])
  const key = useRef(kept?.key ?? newKey())
  const [state, dispatch] = useReducer(reduce, null, () =>
    startState(kept ? { ...start, ...kept.inputs } : start, kept ? 'restored' : 'fresh'),
  )
  const [progress, setProgress] = useState<Progress>('filling')
  const [refusals, setRefusals] = useState<readonly Refusal[]>([])
  const [tries, setTries] = useState(0)
  const [draftAt, setDraftAt] = useState<number | null>(null)
  const [restored, setRestored] = useState(kept !== null)
  const judged = useMemo(() => judge(form, state.inputs), [form, state.inputs])
  const latest = useRef(options)
  latest.current = options

  useEffect(() => {
    if (!options.draft || !state.dirty) return
    const name = options.draft
    const timer = setTimeout(() => {
      const at = Date.now()
      if (writeDraft(name, { inputs: state.inputs, key: key.current, at })) setDraftAt(at)
    }, 300)
    return () => clearTimeout(timer)
  }, [options.draft, state.inputs, state.dirty])

  const deliver = useCallback(async (wire: Record<string, Wire>) => {
    setProgress('sending')
    try {
      const out = await latest.current.send(wire, key.current)
      if (latest.current.draft) dropDraft(latest.current.draft)
      setProgress('filling')
      latest.current.onSent(out)
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error
      if (error.isOffline && latest.current.draft) return setProgress('waiting')
      setProgress('filling')
      const refused = refusalsOf(error)
      setRefusals(refused)
      dispatch({ type: 'refuse', refused: Object.fromEntries(refused.flatMap((one) => (one.path ? [[one.path, one.message]] : []))) })
      setTries((count) => count + 1)
    }
  }, [])

  useEffect(() => {
    if (progress !== 'waiting') return
    const again = () => void deliver({ ...judged.wire })
    const timer = setInterval(again, RETRY_MS)
    window.addEventListener('online', again)
    return () => {
      clearInterval(timer)
      window.removeEventListener('online', again)
    }
  }, [progress, deliver, judged.wire])

  const submit = () => {
    if (progress === 'sending') return
    dispatch({ type: 'try' })
    setRefusals([])
    if (judged.findings.length) return setTries((count) => count + 1)
    void deliver({ ...judged.wire })
  }

  const restart = () => {
    if (options.draft) dropDraft(options.draft)
    key.current = newKey()
    setRefusals([])
    setRestored(false)
    setDraftAt(null)
    dispatch({ type: 'restart', inputs: start })
  }

  // before the first try nothing is marked; after it, what was left or is still wrong
  const findings = state.tried ? judged.findings : []
  return { form, state, judged, dispatch, progress, refusals, findings, tries, draftAt, restored, submit, restart }
}
