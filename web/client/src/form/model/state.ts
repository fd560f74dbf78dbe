// The state of a form being filled in, as a reducer: inputs, what was touched, what the server refused.
import type { Input, InputRow, Inputs } from './values'

export interface FormState {
  readonly inputs: Inputs
  readonly touched: ReadonlySet<string>
  readonly tried: boolean // after the first submit, errors show as soon as a field is left
  readonly refused: Readonly<Record<string, string>> // path -> words of the server
  readonly dirty: boolean
}

export type FormAction =
  | { readonly type: 'set'; readonly key: string; readonly input: Input }
  | { readonly type: 'set_cell'; readonly table: string; readonly row: string; readonly key: string; readonly input: Input }
  | { readonly type: 'add_row'; readonly table: string; readonly id: string; readonly values?: Inputs }
  | { readonly type: 'remove_row'; readonly table: string; readonly row: string }
  | { readonly type: 'leave'; readonly path: string }
  | { readonly type: 'try' }
  | { readonly type: 'refuse'; readonly refused: Readonly<Record<string, string>> }
  | { readonly type: 'fill'; readonly inputs: Inputs }
  | { readonly type: 'restart'; readonly inputs: Inputs }

export function startState(inputs: Inputs, dirty: 'fresh' | 'restored' = 'fresh'): FormState {
  return { inputs, touched: new Set(), tried: false, refused: {}, dirty: dirty === 'restored' }
}

function rowsOf(state: FormState, table: string): readonly InputRow[] {
  return (state.inputs[table] ?? []) as readonly InputRow[]
}

function put(state: FormState, key: string, input: Input): FormState {
  const refused = Object.fromEntries(Object.entries(state.refused).filter(([path]) => path !== key && !path.startsWith(`${key}.`)))
  return { ...state, inputs: { ...state.inputs, [key]: input }, refused, dirty: true }
}

export function reduce(state: FormState, action: FormAction): FormState {
  switch (action.type) {
    case 'set':
      return put(state, action.key, action.input)
    case 'set_cell':
      return put(
        state,
        action.table,
        rowsOf(state, action.table).map((row) =>
          row.id === action.row ? { ...row, values: { ...row.values, [action.key]: action.input } } : row,
        ),
      )
    case 'add_row':
      return put(state, action.table, [...rowsOf(state, action.table), { id: action.id, values: action.values ?? {} }])
    case 'remove_row':
      return put(
        state,
        action.table,
        rowsOf(state, action.table).filter((row) => row.id !== action.row),
      )
    case 'leave':
      return state.touched.has(action.path) ? state : { ...state, touched: new Set([...state.touched, action.path]) }
    case 'try':
      return { ...state, tried: true, refused: {} }
    case 'refuse':
      return { ...state, refused: action.refused }
    case 'fill':
      return { ...state, inputs: { ...state.inputs, ...action.inputs }, refused: {}, dirty: true }
    case 'restart':
      return startState(action.inputs)
  }
}
