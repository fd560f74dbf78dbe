// How a formula looks: colours at once, names as chips as soon as the server knows them.
import { RangeSet, StateEffect, StateField, type Extension, type Range as CmRange, type Text } from '@codemirror/state'
import { Decoration, EditorView, type DecorationSet } from '@codemirror/view'
import type { FormulaMark, NameKind } from '../../api/types'
import { tokens, type TokenKind } from './lexer'
import { toUnits } from './points'

const look = (name: string) => Decoration.mark({ class: `cm-f-${name}` })
const TOKENS: Record<TokenKind, Decoration> = {
  text: look('text'),
  date: look('date'),
  number: look('number'),
  word: look('word'),
  operator: look('operator'),
  bracket: look('bracket'),
}
// marks, not replaced ranges: input methods lose characters beside those
const NAMES: Record<NameKind, Decoration> = {
  field: look('field'),
  reference: look('reference'),
  rows: look('rows'),
  function: look('function'),
}

function coloured(doc: Text): DecorationSet {
  return Decoration.set(tokens(doc.toString()).map((token) => TOKENS[token.kind].range(token.from, token.to)))
}

const colours = StateField.define<DecorationSet>({
  create: (state) => coloured(state.doc),
  update: (shown, change) => (change.docChanged ? coloured(change.newDoc) : shown),
  provide: (field) => EditorView.decorations.from(field),
})

/** The names the server found in the text as it is now. */
export const setNames = StateEffect.define<readonly FormulaMark[]>()

function chips(doc: Text, marks: readonly FormulaMark[]): DecorationSet {
  const text = doc.toString()
  const ranges: CmRange<Decoration>[] = []
  for (const mark of marks) {
    const from = toUnits(text, mark.start)
    const to = toUnits(text, mark.end)
    if (from < to) ranges.push(NAMES[mark.kind].range(from, to))
  }
  return RangeSet.of(ranges, true)
}

const names = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update: (shown, change) => {
    for (const effect of change.effects) if (effect.is(setNames)) return chips(change.newDoc, effect.value)
    return shown.map(change.changes)
  },
  provide: (field) => EditorView.decorations.from(field),
})

export const marks: Extension = [colours, names]
