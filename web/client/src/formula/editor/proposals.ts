// Completion and hover, both answered by the server.
import { autocompletion, startCompletion, type Completion, type CompletionContext, type CompletionResult } from '@codemirror/autocomplete'
import type { Extension } from '@codemirror/state'
import { EditorView, hoverTooltip, type Tooltip } from '@codemirror/view'
import type { FormulaHover, FormulaProposal } from '../../api/types'
import { serviceOf } from './asking'
import { insertion, opensWhileTyping } from './insertion'
import { toPoints, toRange } from './points'

const SIGNS: Record<FormulaProposal['kind'], string> = {
  field: '▤',
  function: 'ƒ',
  option: '◇',
  unit: '°',
  operator: '±',
  constant: '•',
}

function take(view: EditorView, text: string, from: number, to: number): void {
  const put = insertion(text, view.state.sliceDoc(to))
  view.dispatch({
    changes: { from, to, insert: put.text },
    selection: { anchor: from + put.cursor },
    userEvent: 'input.complete',
    scrollIntoView: true,
  })
  if (put.goesOn) startCompletion(view)
}

function proposed(item: FormulaProposal): Completion {
  return {
    label: item.label,
    detail: item.detail,
    type: item.kind,
    apply: (view, _, from, to) => take(view, item.text, from, to),
    ...(item.doc ? { info: item.doc } : {}),
  }
}

async function complete(context: CompletionContext): Promise<CompletionResult | null> {
  const service = context.state.facet(serviceOf)
  const text = context.state.doc.toString()
  if (!service || context.view?.composing) return null
  if (!context.explicit && !opensWhileTyping(text.slice(0, context.pos))) return null
  const stop = new AbortController()
  context.addEventListener('abort', () => stop.abort())
  try {
    const found = await service.complete(text, toPoints(text, context.pos), stop.signal)
    if (context.aborted || context.view?.composing) return null
    return { ...toRange(text, found.start, found.end), options: found.items.map(proposed), filter: false }
  } catch {
    return null // the diagnosis says that the server is away
  }
}

function sign(completion: Completion): Node {
  const shown = document.createElement('span')
  shown.className = `cm-f-sign cm-f-sign-${completion.type ?? ''}`
  shown.textContent = SIGNS[completion.type as FormulaProposal['kind']] ?? ''
  shown.setAttribute('aria-hidden', 'true')
  return shown
}

function line(tag: string, name: string, text: string): HTMLElement {
  const made = document.createElement(tag)
  made.className = name
  made.textContent = text
  return made
}

function card(found: FormulaHover): HTMLElement {
  const made = line('div', 'cm-f-card', '')
  made.append(line('strong', '', found.title), line('span', 'cm-f-detail', found.detail))
  if (found.doc) made.append(line('p', '', found.doc))
  for (const example of found.examples) made.append(line('code', '', `${example.formula}  →  ${example.result ?? 'NULL'}`))
  return made
}

async function hover(view: EditorView, pos: number): Promise<Tooltip | null> {
  const service = view.state.facet(serviceOf)
  const text = view.state.doc.toString()
  if (!service || view.composing) return null
  const found = await service.hover(text, toPoints(text, pos)).catch(() => null)
  if (!found || view.state.doc.toString() !== text) return null
  const { from, to } = toRange(text, found.start, found.end)
  return { pos: from, end: to, above: true, create: () => ({ dom: card(found) }) }
}

export const proposals: Extension = [
  autocompletion({ override: [complete], icons: false, addToOptions: [{ render: sign, position: 20 }], maxRenderedOptions: 50 }),
  hoverTooltip(hover, { hideOnChange: true }),
]
