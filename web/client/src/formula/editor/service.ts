// What an editor asks about the formula in it, at one place and in one language.
import { api } from '../../api/client'
import { call } from '../../api/problem'
import type { FormulaCompletions, FormulaDiagnosis, FormulaEdits, FormulaHover, FormulaPlace } from '../../api/types'

export interface FormulaService {
  diagnose: (text: string) => Promise<FormulaDiagnosis>
  complete: (text: string, at: number, signal: AbortSignal) => Promise<FormulaCompletions>
  hover: (text: string, at: number) => Promise<FormulaHover | null>
  rename: (text: string, at: number, name: string) => Promise<FormulaEdits>
  /** In even spacing, fields under their labels or keys. */
  format: (text: string, names: 'keys' | 'labels') => Promise<string>
}

export function formulaService(place: FormulaPlace): FormulaService {
  return {
    diagnose: (text) => call(api.POST('/formulas/diagnostics', { body: { ...place, text } })),
    complete: (text, at, signal) => call(api.POST('/formulas/completions', { body: { ...place, text, at }, signal })),
    hover: async (text, at) => (await call(api.POST('/formulas/hover', { body: { ...place, text, at } }))).found,
    rename: (text, at, name) => call(api.POST('/formulas/rename', { body: { ...place, text, at, new: name } })),
    format: async (text, names) => (await call(api.POST('/formulas/format', { body: { ...place, text, names } }))).text,
  }
}
