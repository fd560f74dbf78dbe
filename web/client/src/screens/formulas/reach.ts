// Where a formula runs, in one word.
import type { FormulaDependencies } from '../../api/types'

export type Verdict = 'everywhere' | 'database' | 'some' | 'browser' | 'server'

export function verdict(runs: FormulaDependencies['runs']): Verdict {
  const databases = [runs.sqlite, runs.postgresql].filter(Boolean).length
  if (databases === 2) return runs.browser ? 'everywhere' : 'database'
  if (databases === 1) return 'some'
  return runs.browser ? 'browser' : 'server'
}
