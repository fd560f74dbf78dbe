// One CodeMirror editor in a place of the page, kept in step with what the component is given.
import { redo, redoDepth, undo, undoDepth } from '@codemirror/commands'
import { EditorState } from '@codemirror/state'
import { EditorView, type KeyBinding } from '@codemirror/view'
import { useEffect, useRef, useState, type RefObject } from 'react'
import { serviceOf, type Listener } from './asking'
import type { FormulaService } from './service'
import { access, allowed, place, setup, spoken, words, type Words } from './setup'

interface Given {
  readonly initial: string
  readonly service: FormulaService
  readonly words: Words
  readonly isReadOnly: boolean
  readonly listener: Listener & { onChange: (text: string) => void }
  readonly actions: Actions
}

/** What keys do besides typing. */
export interface Actions {
  readonly fix: (view: EditorView) => void
  readonly format: (view: EditorView) => void
  readonly rename: () => void
}

export interface Steps {
  readonly back: number
  readonly forth: number
}

export function useEditor(given: Given): { host: RefObject<HTMLDivElement | null>; view: RefObject<EditorView | null>; steps: Steps } {
  const host = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView>(null)
  const latest = useRef(given)
  latest.current = given
  const [steps, setSteps] = useState<Steps>({ back: 0, forth: 0 })

  useEffect(() => {
    const listener: Listener = {
      onAnswer: (answer) => latest.current.listener.onAnswer(answer),
      onStanding: (found) => latest.current.listener.onStanding(found),
    }
    const done = (act: (actions: Actions, target: EditorView) => void) => (target: EditorView) => (act(latest.current.actions, target), true)
    const keys: KeyBinding[] = [
      { key: 'Mod-.', run: done((actions, target) => actions.fix(target)) },
      { key: 'Shift-Alt-f', run: done((actions, target) => actions.format(target)) },
      { key: 'F2', run: done((actions) => actions.rename()) },
    ]
    const changed = EditorView.updateListener.of((update) => {
      if (!update.docChanged) return
      setSteps({ back: undoDepth(update.state), forth: redoDepth(update.state) })
      latest.current.listener.onChange(update.state.doc.toString())
    })
    const first = latest.current
    const made = new EditorView({
      parent: host.current!,
      state: EditorState.create({
        doc: first.initial,
        selection: { anchor: first.initial.length },
        extensions: [
          place.of(serviceOf.of(first.service)),
          words.of(spoken(first.words)),
          access.of(allowed(first.isReadOnly)),
          setup(listener, keys),
          changed,
        ],
      }),
    })
    view.current = made
    return () => {
      view.current = null
      made.destroy()
    }
  }, [])

  useEffect(() => view.current?.dispatch({ effects: place.reconfigure(serviceOf.of(given.service)) }), [given.service])
  useEffect(() => view.current?.dispatch({ effects: words.reconfigure(spoken(given.words)) }), [given.words])
  useEffect(() => view.current?.dispatch({ effects: access.reconfigure(allowed(given.isReadOnly)) }), [given.isReadOnly])
  return { host, view, steps }
}

export const stepBack = (view: EditorView | null) => view && undo(view) && view.focus()
export const stepForth = (view: EditorView | null) => view && redo(view) && view.focus()
