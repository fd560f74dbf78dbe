// What the editor service says about a formula that is being typed; places count code points.
import type { CalcNode } from './metrics'

export interface FormulaPlace {
  readonly entity: string
  /** Over a record of the entity, in a rule about such records, or over the inputs of the metric. */
  readonly scope?: 'row' | 'rule' | 'metric'
  readonly grain?: 'day' | 'week' | 'month' | 'quarter' | 'year'
  /** It must yield yes or no. */
  readonly condition?: boolean
  /** Whose calendar and periods count, and whose inputs are read. */
  readonly metric?: string
}

export interface FormulaFix {
  readonly start: number
  readonly end: number
  readonly title: string
  readonly replacement: string
}

export interface FormulaProblem {
  readonly code: string
  readonly message: string
  readonly severity: string
  readonly start: number | null
  readonly end: number | null
  readonly fixes: FormulaFix[]
}

export interface FormulaType {
  readonly name: string
  readonly scale?: number
  readonly unit?: string | null
  readonly entity?: string
}

export type NameKind = 'field' | 'rows' | 'reference' | 'function'

export interface FormulaMark {
  readonly start: number
  readonly end: number
  readonly kind: NameKind
}

export interface FormulaDiagnosis {
  readonly diagnostics: FormulaProblem[]
  /** Null while something is wrong. */
  readonly type: FormulaType | null
  readonly canonical: string | null
  readonly names: FormulaMark[]
}

export interface FormulaProposal {
  readonly label: string
  readonly kind: 'field' | 'function' | 'option' | 'unit' | 'operator' | 'constant'
  readonly text: string
  readonly detail: string
  readonly doc: string
}

export interface FormulaCompletions {
  readonly start: number
  readonly end: number
  readonly items: FormulaProposal[]
}

export interface FormulaExample {
  readonly formula: string
  readonly result: string | null
}

export interface FormulaHover {
  readonly start: number
  readonly end: number
  readonly kind: 'field' | 'function' | 'literal' | 'option'
  readonly title: string
  readonly detail: string
  readonly doc: string
  readonly examples: FormulaExample[]
}

export interface FormulaEdits {
  readonly text: string
  readonly edits: { readonly start: number; readonly end: number; readonly replacement: string }[]
}

export interface ListedField {
  readonly key: string
  readonly label: string
  /** What is typed for it; empty when it cannot stand there. */
  readonly text: string
  readonly detail: string
  readonly kind: NameKind
  /** Leads to the fields behind; empty when there are none. */
  readonly path: string
  readonly words: string[]
}

export interface ListedFunction {
  readonly name: string
  readonly category: string
  readonly signature: string
  readonly doc: string
  readonly where: string
  readonly examples: FormulaExample[]
  readonly words: string[]
}

export interface FormulaNames {
  readonly fields: ListedField[]
  readonly functions: ListedFunction[]
}

export interface FormulaValue {
  readonly value: string | boolean | null
  readonly type: FormulaType
  readonly reason: string | null
  readonly record: string
  /** Of the inputs of a metric. */
  readonly period: string | null
  readonly tree: CalcNode
}

/** What a formula is tried on; in a rule also the numbers it judges. */
export interface FormulaSample {
  readonly record?: string
  readonly metric?: string
  readonly value?: string
  readonly target?: string
}

export interface FormulaNeeds {
  readonly paths: string[]
  readonly rows: Readonly<Record<string, FormulaNeeds>>
}

export interface FormulaDependencies extends FormulaNeeds {
  readonly params: string[]
  readonly runs: {
    readonly sqlite: boolean
    readonly postgresql: boolean
    readonly browser: boolean
    readonly server_only: boolean
    readonly prevented_by: string[]
  }
}
