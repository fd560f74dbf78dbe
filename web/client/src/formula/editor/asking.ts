// Asks the server 300 ms after the last key; late answers are ignored, and nothing is asked while an input method composes.
import { setDiagnostics, type Diagnostic } from '@codemirror/lint'
import { Facet } from '@codemirror/state'
import { EditorView, ViewPlugin, type ViewUpdate } from '@codemirror/view'
import type { FormulaDiagnosis, FormulaHover, FormulaProblem } from '../../api/types'
import { Latest } from './latest'
import { setNames } from './marks'
import { toPoints, toRange } from './points'
import type { FormulaService } from './service'

const PAUSE = 300

/** What was said about a text: the diagnosis, or why there is none. */
export interface FormulaAnswer {
  readonly text: string
  readonly diagnosis: FormulaDiagnosis | null
  readonly error: unknown
}

export interface Listener {
  onAnswer: (answer: FormulaAnswer) => void
  onStanding: (found: FormulaHover | null) => void
}

export const serviceOf = Facet.define<FormulaService, FormulaService | null>({ combine: (given) => given[0] ?? null })

export function applyFix(view: EditorView, fix: FormulaProblem['fixes'][number]): void {
  const { from, to } = toRange(view.state.doc.toString(), fix.start, fix.end)
  view.dispatch({
    changes: { from, to, insert: fix.replacement },
    selection: { anchor: from + fix.replacement.length },
    userEvent: 'input.fix',
    scrollIntoView: true,
  })
  view.focus()
}

function shown(text: string, problem: FormulaProblem): Diagnostic {
  return {
    ...toRange(text, problem.start, problem.end),
    severity: problem.severity === 'warning' ? 'warning' : 'error',
    message: problem.message,
    actions: problem.fixes.map((fix) => ({ name: fix.title, apply: (view: EditorView) => applyFix(view, fix) })),
  }
}

class Asking {
  private readonly diagnosed = new Latest()
  private readonly stood = new Latest()
  private asking: ReturnType<typeof setTimeout> | undefined
  private standing: ReturnType<typeof setTimeout> | undefined

  constructor(
    private readonly view: EditorView,
    private readonly listener: Listener,
  ) {
    this.diagnoseLater(0)
  }

  update(update: ViewUpdate): void {
    const isMoved = update.startState.facet(serviceOf) !== update.state.facet(serviceOf)
    if (update.docChanged || isMoved) {
      this.diagnosed.forget()
      this.diagnoseLater(isMoved ? 0 : PAUSE)
    }
    if (update.docChanged || isMoved || update.selectionSet) this.standLater()
  }

  destroy(): void {
    this.diagnosed.forget()
    this.stood.forget()
    clearTimeout(this.asking)
    clearTimeout(this.standing)
  }

  private diagnoseLater(pause: number): void {
    clearTimeout(this.asking)
    this.asking = setTimeout(() => void this.diagnose(), pause)
  }

  private async diagnose(): Promise<void> {
    if (this.view.composing) return this.diagnoseLater(PAUSE)
    const service = this.view.state.facet(serviceOf)
    const text = this.view.state.doc.toString()
    const isLatest = this.diagnosed.ask()
    if (!service || text.trim() === '') return this.show({ text, diagnosis: null, error: null })
    try {
      const diagnosis = await service.diagnose(text)
      if (!isLatest()) return
      if (this.view.composing) return this.diagnoseLater(PAUSE)
      this.show({ text, diagnosis, error: null })
    } catch (error) {
      if (isLatest()) this.show({ text, diagnosis: null, error })
    }
  }

  private show(answer: FormulaAnswer): void {
    const found = answer.diagnosis?.diagnostics ?? []
    this.view.dispatch(
      setDiagnostics(
        this.view.state,
        found.map((problem) => shown(answer.text, problem)),
      ),
    )
    this.view.dispatch({ effects: setNames.of(answer.diagnosis?.names ?? []) })
    this.listener.onAnswer(answer)
  }

  private standLater(): void {
    clearTimeout(this.standing)
    this.stood.forget()
    this.standing = setTimeout(() => void this.stand(), PAUSE)
  }

  /** What the cursor stands on, or right behind. */
  private async stand(): Promise<void> {
    const { state, composing } = this.view
    const service = state.facet(serviceOf)
    if (composing || !service) return
    const isLatest = this.stood.ask()
    const text = state.doc.toString()
    const at = toPoints(text, state.selection.main.head)
    try {
      const found = text === '' ? null : ((await service.hover(text, at)) ?? (at > 0 ? await service.hover(text, at - 1) : null))
      if (isLatest()) this.listener.onStanding(found)
    } catch {
      if (isLatest()) this.listener.onStanding(null) // the diagnosis says that the server is away
    }
  }
}

export const asking = (listener: Listener) => ViewPlugin.define((view) => new Asking(view, listener))
