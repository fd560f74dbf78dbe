// Every failure of a call as one class: what the server said, or that it could not be reached.
import type { Diagnostic, Problem } from './types'

export class ApiProblem extends Error {
  readonly status: number
  readonly code: string
  readonly title: string
  readonly detail: string | null
  readonly diagnostics: readonly Diagnostic[]

  constructor(status: number, body?: Partial<Problem>) {
    super(body?.title ?? `HTTP ${status}`)
    this.status = status
    this.code = body?.code ?? (status === 0 ? 'NETWORK' : `HTTP${status}`)
    this.title = body?.title ?? ''
    this.detail = body?.detail ?? null
    this.diagnostics = body?.diagnostics ?? []
  }

  /** The call never got an answer; sending it again with the same key is safe. */
  get isOffline(): boolean {
    return this.status === 0
  }
}

interface Called<T> {
  data?: T
  error?: unknown
  response: Response
}

/** Awaits an openapi-fetch call and throws an ApiProblem unless it succeeded. */
export async function call<T>(pending: Promise<Called<T>>): Promise<T> {
  let called: Called<T>
  try {
    called = await pending
  } catch {
    throw new ApiProblem(0)
  }
  if (called.response.ok) return called.data as T
  const body = typeof called.error === 'object' && called.error !== null ? (called.error as Partial<Problem>) : undefined
  throw new ApiProblem(called.response.status, body)
}
