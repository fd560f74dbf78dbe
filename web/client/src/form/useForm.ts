// One form being filled in: state, judgement, draft and submission; used by the desk and the phone.
import { useCallback, useEffect, useMemo, useReducer, useRef, useState } from 'react'
import { ApiProblem } from '../api/problem'
import type { FormDescriptor, Wire } from '../api/types'
import { defaultsOf } from './model/rules'
import type { Place } from './model/draft'
import { reduce, startState, type FormAction, type FormState } from './model/state'
import { judge, type Finding, type Judged } from './model/validate'
import { inputsOf, type Inputs } from './model/values'
import { useDraft, useKept, type Drafting } from './useDraft'

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
  readonly drafting: Drafting
  readonly place: Place | undefined
  readonly restored: boolean
  readonly resume: (key: string) => Promise<void>
  readonly submit: () => void
  readonly restart: () => void
}

interface Options<Out> {
  readonly send: (values: Record<string, Wire>, key: string, recordVersion?: number) => Promise<Out>
  readonly onSent: (out: Out) => void
  readonly draft?: Place // none: nothing is kept
  readonly start?: Inputs
}

const RETRY_MS = 8_000

const changedInputs = (start: Inputs, inputs: Inputs): Inputs =>
  Object.fromEntries(Object.entries(inputs).filter(([key, input]) => input !== start[key]))

function refusalsOf(error: ApiProblem): Refusal[] {
  const listed = error.diagnostics.map((diagnostic) => ({ path: diagnostic.field ?? null, message: diagnostic.message }))
  return listed.length ? listed : [{ path: null, message: error.detail ?? error.title }]
}

export function useForm<Out>(form: FormDescriptor, options: Options<Out>): Filling {
  const start = useMemo(() => options.start ?? inputsOf(form.fields, defaultsOf(form)), [form]) // eslint-disable-line
  const kept = useKept(options.draft)
  const [state, dispatch] = useReducer(reduce, null, () =>
    startState(kept ? { ...start, ...kept.inputs } : start, kept ? 'restored' : 'fresh'),
  )
  const [progress, setProgress] = useState<Progress>('filling')
  const [refusals, setRefusals] = useState<readonly Refusal[]>([])
  const [tries, setTries] = useState(0)
  const [restored, setRestored] = useState(kept !== null)
  const judged = useMemo(() => judge(form, state.inputs), [form, state.inputs])
  // of a record only what was typed is kept: the rest may be changed by others meanwhile
  const typed = useMemo(() => (options.draft?.record ? changedInputs(start, state.inputs) : state.inputs), [start, state.inputs]) // eslint-disable-line
  const drafting = useDraft(options.draft, kept, typed, state.dirty)
  const draft = useRef(drafting)
  draft.current = drafting
  const latest = useRef(options)
  latest.current = options

  const deliver = useCallback(async (wire: Record<string, Wire>) => {
    setProgress('sending')
    try {
      await draft.current.rest()
      const out = await latest.current.send(wire, draft.current.key(), draft.current.recordVersion())
      draft.current.end('sent')
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
    drafting.end('dropped')
    setRefusals([])
    setRestored(false)
    dispatch({ type: 'restart', inputs: start })
  }

  const resume = async (key: string) => {
    try {
      const found = await drafting.take(key)
      dispatch({ type: 'restart', inputs: start })
      dispatch({ type: 'fill', inputs: found.inputs })
      setRefusals([])
      setRestored(true)
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error
      setRefusals([{ path: null, message: error.detail ?? error.title }])
      setTries((count) => count + 1)
    }
  }

  // before the first try nothing is marked; after it, what was left or is still wrong
  const findings = state.tried ? judged.findings : []
  return { form, state, judged, dispatch, progress, refusals, findings, tries, drafting, place: options.draft, restored, resume, submit, restart }
}
