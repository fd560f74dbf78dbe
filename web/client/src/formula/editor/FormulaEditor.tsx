// The formula editor of every designer: chips, proposals, problems with fixes, what stands at the cursor.
import { startCompletion } from '@codemirror/autocomplete'
import type { EditorView } from '@codemirror/view'
import { Button, Tooltip } from 'antd'
import { useEffect, useImperativeHandle, useMemo, useRef, useState, type Ref } from 'react'
import '../../i18n/formula'
import { useTranslation } from '../../i18n/useTranslation'
import type { FormulaFix, FormulaHover, FormulaPlace, FormulaProblem } from '../../api/types'
import { applyFix, type FormulaAnswer } from './asking'
import styles from './Editor.module.css'
import { insertion } from './insertion'
import { toPoints, toRange } from './points'
import { Problems } from './Problems'
import { Rename } from './Rename'
import { formulaService, type FormulaService } from './service'
import { Spoken } from './spoken'
import { stepBack, stepForth, useEditor } from './useEditor'

/** What a page may do with the editor from outside. */
export interface EditorHandle {
  /** Puts a name or function where the cursor is. */
  insert: (text: string) => void
  /** Marks a part, in code points. */
  select: (start: number, end: number) => void
  /** Even spacing, fields under their labels. */
  tidy: () => void
}

interface Props {
  readonly initial: string
  readonly place: FormulaPlace
  readonly label: string
  readonly isReadOnly?: boolean
  readonly onChange: (text: string) => void
  readonly onAnswer: (answer: FormulaAnswer) => void
  readonly ref?: Ref<EditorHandle>
}

function put(view: EditorView, text: string): void {
  const { from, to } = view.state.selection.main
  const put = insertion(text, view.state.sliceDoc(to))
  view.dispatch({ changes: { from, to, insert: put.text }, selection: { anchor: from + put.cursor }, userEvent: 'input.pick', scrollIntoView: true })
  view.focus()
}

function replaceAll(view: EditorView, text: string): void {
  if (text === view.state.doc.toString()) return
  view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text }, selection: { anchor: text.length }, userEvent: 'input.format' })
}

/** Runs only when the text has not changed while the server thought. */
async function exchange(view: EditorView, change: (text: string) => Promise<string>): Promise<void> {
  const text = view.state.doc.toString()
  const changed = await change(text).catch(() => text) // the diagnosis says that the server is away
  if (view.state.doc.toString() === text) replaceAll(view, changed)
}

const format = (view: EditorView, service: FormulaService) => exchange(view, (text) => service.format(text, 'labels'))

const rename = (view: EditorView, service: FormulaService, name: string) =>
  exchange(view, async (text) => (await service.rename(text, toPoints(text, view.state.selection.main.head), name)).text)

function go(view: EditorView, start: number | null, end: number | null): void {
  const { from, to } = toRange(view.state.doc.toString(), start, end)
  view.dispatch({ selection: { anchor: from, head: to }, scrollIntoView: true })
  view.focus()
}

/** The first fix of the problem at the cursor, or of any. */
function fixNearest(view: EditorView, answer: FormulaAnswer | null): void {
  const text = view.state.doc.toString()
  if (answer?.text !== text) return
  const problems = (answer.diagnosis?.diagnostics ?? []).filter((one) => one.fixes.length > 0)
  const at = toPoints(text, view.state.selection.main.head)
  const here = problems.find((one) => (one.start ?? 0) <= at && at <= (one.end ?? text.length))
  const fix = (here ?? problems[0])?.fixes[0]
  if (fix) applyFix(view, fix)
}

function Standing({ found }: { found: FormulaHover | null }) {
  const { t } = useTranslation('formula')
  return (
    <p className={styles.standing}>
      {found ? (
        <>
          <strong>{found.kind === 'function' ? found.detail : found.title}</strong>
          <span className="muted">{found.kind === 'function' ? found.doc.split('\n')[0] : found.detail}</span>
        </>
      ) : (
        <span className={`muted ${styles.keys}`}>{t('keysHint')}</span>
      )}
    </p>
  )
}

interface ToolProps {
  readonly name: string
  readonly keys: string
  readonly path: string
  readonly isOff: boolean
  readonly onPress: () => void
}

function Tool({ name, keys, path, isOff, onPress }: ToolProps) {
  return (
    <Tooltip title={`${name} (${keys})`}>
      <Button
        type="text"
        size="small"
        className={styles.tool}
        disabled={isOff}
        onClick={onPress}
        icon={
          <svg width="16" height="16" viewBox="0 0 16 16" fill="none" stroke="currentColor" strokeWidth="1.500" strokeLinecap="round" strokeLinejoin="round" aria-hidden="true">
            <path d={path} />
          </svg>
        }
      >
        <span className={styles.toolWord}>{name}</span>
      </Button>
    </Tooltip>
  )
}

export default function FormulaEditor({ initial, place, label, isReadOnly = false, onChange, onAnswer, ref }: Props) {
  const { t, i18n } = useTranslation('formula')
  const { entity, scope, grain, condition, metric } = place
  const language = i18n.language
  const service = useMemo(
    () =>
      formulaService({ entity, ...(scope && { scope }), ...(grain && { grain }), ...(condition && { condition }), ...(metric && { metric }) }),
    // the answers are in the reader's language
    [entity, scope, grain, condition, metric, language],
  )
  const [answer, setAnswer] = useState<FormulaAnswer | null>(null)
  const [standing, setStanding] = useState<FormulaHover | null>(null)
  const [renamed, setRenamed] = useState<string | null>(null)
  const phrases = t('phrases', { returnObjects: true }) as Record<string, string>
  const given = useMemo(() => ({ label, placeholder: t('placeholder'), phrases }), [label, t])

  const askName = () => setRenamed(standing?.kind === 'field' ? standing.title : null)
  const actions = { fix: (one: EditorView) => fixNearest(one, answer), format: (one: EditorView) => void format(one, service), rename: askName }
  const listener = {
    onChange,
    onStanding: setStanding,
    onAnswer: (said: FormulaAnswer) => {
      setAnswer(said)
      onAnswer(said)
    },
  }
  const { host, view, steps } = useEditor({ initial, service, words: given, isReadOnly, listener, actions })
  const spoken = useRef(new Spoken(language))
  const read = useRef(language)
  read.current = language
  useEffect(() => {
    const editor = view.current
    if (!editor || isReadOnly || !spoken.current.turns(language, editor.state.doc.toString(), answer)) return
    void exchange(editor, async (text) => {
      const said = await service.format(text, 'labels')
      return read.current === language ? said : text // the language changed once more
    })
  }, [service, answer])
  const withView = (act: (view: EditorView) => unknown) => () => void (view.current && act(view.current))
  useImperativeHandle(
    ref,
    () => ({
      insert: (text) => view.current && put(view.current, text),
      select: (start, end) => view.current && go(view.current, start, end),
      tidy: () => view.current && void format(view.current, service),
    }),
    [view, service],
  )
  const renameTo = (name: string) => {
    setRenamed(null)
    if (!view.current) return
    view.current.focus()
    void rename(view.current, service, name)
  }
  return (
    <div className={styles.editor}>
      <div className={styles.box}>
        {!isReadOnly && (
          <div className={styles.tools} role="toolbar" aria-label={t('tools')}>
            <Tool name={t('undo')} keys="Ctrl Z" isOff={steps.back === 0} onPress={() => stepBack(view.current)} path="M5 4L2 7l3 3M2 7h7.500a3.500 3.500 0 010 7H7" />
            <Tool name={t('redo')} keys="Ctrl Shift Z" isOff={steps.forth === 0} onPress={() => stepForth(view.current)} path="M11 4l3 3-3 3M14 7H6.500a3.500 3.500 0 000 7H9" />
            <span className={styles.divider} />
            <Tool name={t('propose')} keys="Ctrl Space" isOff={false} onPress={withView((one) => (one.focus(), startCompletion(one)))} path="M2 4h12M2 8h7M2 12h5M12 8v6M9 11h6" />
            <Tool name={t('format')} keys="Shift Alt F" isOff={!answer?.diagnosis?.type} onPress={withView((one) => (one.focus(), format(one, service)))} path="M2 3.500h12M5 8h9M2 12.500h9" />
            <Tool name={t('rename')} keys="F2" isOff={standing?.kind !== 'field'} onPress={askName} path="M2 14h12M9.500 3.500l3 3L6 13H3v-3z" />
          </div>
        )}
        <div ref={host} className={styles.host} />
        <Standing found={standing} />
      </div>
      {renamed !== null && <Rename key={renamed} name={renamed} onDone={renameTo} onCancel={() => (setRenamed(null), view.current?.focus())} />}
      <Problems
        answer={answer}
        isReadOnly={isReadOnly}
        onFix={(fix: FormulaFix) => view.current && applyFix(view.current, fix)}
        onGo={(problem: FormulaProblem) => view.current && go(view.current, problem.start, problem.end)}
        onRetry={withView((one) => replaceSame(one))}
      />
    </div>
  )
}

/** Asks again about the same text. */
function replaceSame(view: EditorView): void {
  view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: view.state.doc } })
}
