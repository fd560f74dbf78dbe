// The editor's parts put together.
import { closeBrackets, closeBracketsKeymap, completionKeymap } from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap, redo } from '@codemirror/commands'
import { lintKeymap } from '@codemirror/lint'
import { Compartment, EditorState, type Extension } from '@codemirror/state'
import { drawSelection, EditorView, keymap, placeholder, type KeyBinding } from '@codemirror/view'
import { nonce } from '../../theme/nonce'
import { asking, type Listener } from './asking'
import { marks } from './marks'
import { proposals } from './proposals'
import { theme } from './theme'

const MOST = 4096 // characters the server takes

/** What can change while the editor lives: the place, the words, whether it may be written to. */
export const place = new Compartment()
export const words = new Compartment()
export const access = new Compartment()

export interface Words {
  readonly label: string
  readonly placeholder: string
  readonly phrases: Record<string, string>
}

export function spoken(given: Words): Extension {
  return [
    placeholder(given.placeholder),
    EditorState.phrases.of(given.phrases),
    EditorView.contentAttributes.of({ 'aria-label': given.label, autocapitalize: 'off', autocorrect: 'off', spellcheck: 'false' }),
  ]
}

export const allowed = (isReadOnly: boolean): Extension => [EditorState.readOnly.of(isReadOnly), EditorView.editable.of(!isReadOnly)]

const notTooLong = EditorState.changeFilter.of((change) => !change.docChanged || change.newDoc.length <= MOST)
// Tab goes on to what follows: an editor must not keep the keyboard
const brackets = EditorState.languageData.of(() => [{ closeBrackets: { brackets: ['(', '[', '{'] } }])

/** Left to itself the browser writes style attributes when a selection is typed over; the content policy forbids them. */
const typedOver = EditorView.domEventHandlers({
  beforeinput: (event, view) => {
    if (event.inputType !== 'insertText' || event.data === null || !event.cancelable) return false
    if (view.composing || view.state.selection.main.empty || view.state.readOnly) return false
    view.dispatch(view.state.replaceSelection(event.data), { userEvent: 'input.type', scrollIntoView: true })
    return true
  },
})

export function setup(listener: Listener, keys: readonly KeyBinding[]): Extension {
  return [
    EditorView.cspNonce.of(nonce),
    history(),
    drawSelection(),
    EditorView.lineWrapping,
    brackets,
    closeBrackets(),
    notTooLong,
    typedOver,
    marks,
    proposals,
    keymap.of([...keys, { key: 'Mod-Shift-z', run: redo, preventDefault: true }, ...closeBracketsKeymap, ...completionKeymap, ...historyKeymap, ...lintKeymap.filter((key) => key.key === 'F8'), ...defaultKeymap]),
    asking(listener),
    theme,
  ]
}
