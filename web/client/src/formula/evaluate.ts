// Runs the JSON IR of a formula on a filled-in form: the same answer as Python and SQL, without eval.
import { formatDay, formatInstant, parseDay, parseDuration, parseInstant } from './dates'
import { divHalfAway, isInt64, scaled, unscaled } from './integers'
import { scaleOf, type FormulaDocument, type Ir, type IrType, type Value } from './ir'
import { compareValues, LENIENT, STRICT } from './ops'

const DIVISION_SCALE = 8

/** Wire values by field key; a child table is a list of such rows. */
export type RowValues = Readonly<Record<string, unknown>>
export type ParamValues = Readonly<Record<string, string | null>>

export interface Outcome {
  readonly value: Value
  readonly wire: string | boolean | null
  /** False when the formula reads something the browser does not have; then only the server knows. */
  readonly decided: boolean
}

interface Scope {
  readonly row: RowValues
  readonly outer: Scope | null
  readonly params: ParamValues
}

/** Thrown inside one evaluation when a path or operation is not available here. */
class Undecided extends Error {}

/** A travelling value as the raw value of its type. */
export function rawOf(wire: unknown, type: IrType): Value {
  if (wire === null || wire === undefined || wire === '') return null
  switch (type[0]) {
    case 'number':
      return scaled(String(wire), scaleOf(type))
    case 'date':
      return parseDay(String(wire))
    case 'datetime':
      return parseInstant(String(wire))
    case 'boolean':
      return wire === true
    case 'duration':
      return parseDuration(String(wire))
    case 'rows':
      throw new Undecided()
    default:
      return typeof wire === 'string' ? wire : JSON.stringify(wire)
  }
}

function constant(node: Ir & { k: 'const' }): Value {
  if (node.v === null || typeof node.v === 'boolean') return node.v
  const name = node.t[0]
  return name === 'text' || name === 'choice' || name === 'pointer' ? String(node.v) : BigInt(node.v)
}

function read(path: string, scope: Scope): unknown {
  if (path in scope.row) return scope.row[path]
  if (path.includes('.')) throw new Undecided() // behind a reference: only the server can look there
  return null
}

function childRows(path: string, scope: Scope): readonly RowValues[] {
  const rows = read(path, scope)
  return Array.isArray(rows) ? (rows as RowValues[]) : []
}

function runCase(args: readonly Ir[], scope: Scope): Value {
  for (let at = 0; at + 1 < args.length; at += 2) {
    if (run(args[at] as Ir, scope) === true) return run(args[at + 1] as Ir, scope)
  }
  return args.length % 2 === 1 ? run(args[args.length - 1] as Ir, scope) : null
}

function runSwitch(args: readonly Ir[], scope: Scope): Value {
  const [subject, ...rest] = args
  const value = run(subject as Ir, scope)
  for (let at = 0; at + 1 < rest.length; at += 2) {
    const key = run(rest[at] as Ir, scope)
    if (value !== null && key === value) return run(rest[at + 1] as Ir, scope)
  }
  return rest.length % 2 === 1 ? run(rest[rest.length - 1] as Ir, scope) : null
}

function runCall(node: Ir & { k: 'call' }, scope: Scope): Value {
  if (node.op === 'case') return runCase(node.a, scope)
  if (node.op === 'switch') return runSwitch(node.a, scope)
  const lenient = LENIENT[node.op]
  const strict = STRICT[node.op]
  const args = node.a.map((arg) => run(arg, scope))
  if (lenient) return lenient(args)
  if (!strict) throw new Undecided()
  return args.includes(null) ? null : strict(...(args as never[]))
}

/** Straight line through the two neighbouring points; outside, the end before it, else the first. */
function interpolate(pairs: readonly (readonly [bigint, bigint])[], at: Value): Value {
  if (at === null || pairs.length === 0) return null
  const x = at as bigint
  // at one place the largest y wins
  const sorted = [...pairs].sort((a, b) => compareValues(a[0], b[0]) || compareValues(b[1], a[1]))
  const place = sorted.findLast((pair) => pair[0] <= x)?.[0]
  const before = sorted.find((pair) => pair[0] === place)
  const after = sorted.find((pair) => pair[0] >= x)
  if (!before || !after) return (before ?? sorted[0])?.[1] ?? null
  if (before[0] === after[0]) return before[1]
  return before[1] + divHalfAway((after[1] - before[1]) * (x - before[0]), after[0] - before[0])
}

function runFold(node: Ir & { k: 'fold' }, scope: Scope): Value {
  const scopes = childRows(node.r, scope)
    .map((row): Scope => ({ row, outer: scope, params: scope.params }))
    .filter((inner) => node.w === null || run(node.w, inner) === true)
  if (node.f === 'rows') return BigInt(scopes.length)
  const tuples = scopes.map((inner) => node.v.map((value) => run(value, inner))).filter((tuple) => !tuple.includes(null))
  const values = tuples.map((tuple) => tuple[0] ?? null)
  switch (node.f) {
    case 'count':
      return BigInt(values.length)
    case 'distinct':
      return BigInt(new Set(values).size)
    case 'sum':
      return within(values.reduce<bigint>((sum, value) => sum + (value as bigint), 0n))
    case 'avg':
      return average(values as bigint[], node)
    case 'min':
      return LENIENT['least']?.(values) ?? null
    case 'max':
      return LENIENT['greatest']?.(values) ?? null
    case 'interpolate':
      return interpolate(tuples as unknown as [bigint, bigint][], run(node.a[0] as Ir, scope))
    default:
      throw new Undecided()
  }
}

function average(values: readonly bigint[], node: Ir & { k: 'fold' }): Value {
  if (values.length === 0) return null
  const scale = scaleOf((node.v[0] as Ir).t)
  const sum = values.reduce((total, value) => total + value, 0n)
  if (!isInt64(sum)) return null
  return divHalfAway(sum * 10n ** BigInt(DIVISION_SCALE - scale), BigInt(values.length))
}

const within = (value: Value): Value => (typeof value === 'bigint' && !isInt64(value) ? null : value)

function param(name: string, type: IrType, scope: Scope): Value {
  const wire = scope.params[name]
  if (wire === undefined || wire === null) throw new Undecided()
  return rawOf(wire, type)
}

function run(node: Ir, scope: Scope): Value {
  switch (node.k) {
    case 'const':
      return constant(node)
    case 'field':
      return rawOf(read(node.p, node.o ? (scope.outer ?? scope) : scope), node.t)
    case 'param':
      return param(node.n, node.t, scope)
    case 'call':
      return runCall(node, scope)
    case 'fold':
      return runFold(node, scope)
  }
}

/** A raw value as it travels. */
export function wireOf(value: Value, type: IrType): string | boolean | null {
  if (typeof value !== 'bigint') return value
  if (type[0] === 'number') return unscaled(value, scaleOf(type))
  if (type[0] === 'date') return formatDay(value)
  return type[0] === 'datetime' ? formatInstant(value) : value.toString()
}

/** Takes the document of a formula ({v, ir, ...}) as the server sends it. */
export function evaluate(formula: unknown, row: RowValues, params: ParamValues = {}): Outcome {
  const { ir, type } = formula as FormulaDocument
  try {
    const value = within(run(ir, { row, outer: null, params }))
    return { value, wire: wireOf(value, type), decided: true }
  } catch (error) {
    if (error instanceof Undecided) return { value: null, wire: null, decided: false }
    throw error
  }
}
