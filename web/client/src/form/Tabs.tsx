// Parts of a form behind tabs; on a narrow screen they are steps one after the other.
import { useEffect, useId, useRef, useState, type KeyboardEvent, type ReactNode } from 'react'
import type { LayoutNode } from '../api/types'
import { label } from '../i18n/label'
import { useTranslation } from '../i18n/useTranslation'
import type { FieldContext } from './FormBody'
import { fieldsUsed } from './model/rules'
import { faultsIn, stepOf } from './model/tabs'
import { REVEAL } from './words'
import shared from './Form.module.css'
import styles from './Tabs.module.css'

type Box = Extract<LayoutNode, { box: unknown }>

interface Props {
  readonly tabs: readonly Box[]
  readonly context: FieldContext
  readonly show: (node: LayoutNode) => ReactNode
}

export function Tabs({ tabs, context, show }: Props) {
  const { t } = useTranslation('form')
  const id = useId()
  const { hidden } = context.filling.judged.standing
  const { tries } = context.filling
  const there = tabs.filter((tab) => fieldsUsed(tab.children).some((key) => !hidden.has(key)))
  const [chosen, setChosen] = useState<string | null>(null)
  const strip = useRef<HTMLDivElement>(null)
  const touch = useRef<{ x: number; y: number } | null>(null)
  const at = Math.max(0, there.findIndex((tab) => tab.id === chosen))
  const faults = there.map((tab) => faultsIn(fieldsUsed(tab.children), context.messages))

  // after a refused submit the first tab with something to correct is open
  useEffect(() => {
    const first = faults.findIndex((count) => count > 0)
    if (tries > 0 && first >= 0 && !faults[at]) setChosen(there[first]?.id ?? null)
  }, [tries]) // eslint-disable-line

  const go = (to: number) => setChosen(there[to]?.id ?? null)
  const press = (event: KeyboardEvent) => {
    const to = stepOf(event.key, at, there.length)
    if (to === null) return
    event.preventDefault()
    go(to)
    strip.current?.querySelectorAll('button')[to]?.focus()
  }
  const turn = (end: { clientX: number; clientY: number }) => {
    const from = touch.current
    touch.current = null
    const [x, y] = [end.clientX - (from?.x ?? end.clientX), end.clientY - (from?.y ?? end.clientY)]
    if (Math.abs(x) < 60 || Math.abs(x) < 2 * Math.abs(y)) return // a scroll or a slip, not a swipe
    go(Math.min(Math.max(at + (x < 0 ? 1 : -1), 0), there.length - 1))
  }
  if (there.length === 0) return null
  return (
    <div>
      <div className={styles.tabs} role="tablist" ref={strip} onKeyDown={press}>
        {there.map((tab, n) => (
          <button
            key={tab.id}
            type="button"
            role="tab"
            id={`${id}-${tab.id}`}
            aria-selected={n === at}
            aria-controls={`${id}-${tab.id}-panel`}
            tabIndex={n === at ? 0 : -1}
            className={styles.tab}
            onClick={() => go(n)}
          >
            <span className={styles.tabNumber}>{n + 1}</span>
            {label(tab.label, tab.id)}
            {faults[n] ? (
              <span className={styles.faults}>
                <span aria-hidden="true">{faults[n]}</span>
                <span className="visually-hidden">{t('tabFaults', { count: faults[n] })}</span>
              </span>
            ) : null}
          </button>
        ))}
      </div>
      {there.map((tab, n) => (
        <Panel key={tab.id} id={`${id}-${tab.id}`} open={n === at} onReveal={() => setChosen(tab.id)}>
          <div
            className={shared.section}
            onTouchStart={(event) => {
              const { clientX: x, clientY: y } = event.touches[0] ?? { clientX: 0, clientY: 0 }
              touch.current = { x, y }
            }}
            onTouchEnd={(event) => event.changedTouches[0] && turn(event.changedTouches[0])}
          >
            {tab.children.map(show)}
          </div>
        </Panel>
      ))}
      <div className={styles.steps}>
        <button type="button" className={shared.addButton} disabled={at === 0} onClick={() => go(at - 1)}>
          {t('tabBack')}
        </button>
        <span className="small muted num">{t('tabStep', { n: at + 1, count: there.length })}</span>
        <button type="button" className={shared.addButton} disabled={at === there.length - 1} onClick={() => go(at + 1)}>
          {t('tabNext')}
        </button>
      </div>
    </div>
  )
}

/** Stays in the page while it is closed, so that nothing typed is lost; opens when a link leads into it. */
function Panel({ id, open, onReveal, children }: { id: string; open: boolean; onReveal: () => void; children: ReactNode }) {
  const box = useRef<HTMLDivElement>(null)
  const reveal = useRef(onReveal)
  reveal.current = onReveal
  useEffect(() => {
    const here = box.current
    const act = () => reveal.current()
    here?.addEventListener(REVEAL, act)
    return () => here?.removeEventListener(REVEAL, act)
  }, [])
  return (
    <div ref={box} role="tabpanel" id={`${id}-panel`} aria-labelledby={id} hidden={!open} className={styles.panel}>
      {children}
    </div>
  )
}
