// The typed tree that dsl.backends.javascript writes: every null, rounding and date rule is decided in it.

export type Value = bigint | string | boolean | null

/** A type: its word, nullable, then what an executor needs (a number's scale). */
export type IrType = readonly [name: string, nullable: boolean, ...rest: unknown[]]

export type Ir =
  | { readonly k: 'const'; readonly v: string | boolean | null; readonly t: IrType; readonly u?: boolean }
  | { readonly k: 'field'; readonly p: string; readonly o?: boolean; readonly t: IrType }
  | { readonly k: 'param'; readonly n: string; readonly t: IrType }
  | { readonly k: 'call'; readonly op: string; readonly a: readonly Ir[]; readonly t: IrType }
  | {
      readonly k: 'fold'
      readonly f: string
      readonly r: string
      readonly w: Ir | null
      readonly v: readonly Ir[]
      readonly a: readonly Ir[]
      readonly t: IrType
    }

export const scaleOf = (type: IrType): number => Number(type[2] ?? 0)

/** What `dsl.backends.javascript.to_json` makes of a formula. */
export interface FormulaDocument {
  readonly v: number
  readonly hash: string
  readonly type: IrType
  readonly ir: Ir
}
