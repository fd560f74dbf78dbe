// The formula workbench: write a formula, see its value and its steps on a real record. Nothing is changed.
import { useQuery } from '@tanstack/react-query'
import { App, Button } from 'antd'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { Link, useLocation, useNavigate } from 'react-router'
import { itemsOf } from '../../api/list'
import { entitiesQuery, lookupQuery, metricsQuery } from '../../api/queries'
import type { CalcNode, EntitySummary, FormulaSample, MetricSummary } from '../../api/types'
import { parseDecimal } from '../../format/decimal'
import { FormulaEditor, type EditorHandle, type FormulaAnswer } from '../../formula/editor'
import '../../i18n/formula'
import { label } from '../../i18n/label'
import { useTranslation } from '../../i18n/useTranslation'
import { Page } from '../../parts/Page'
import { Failed, Loading, Nothing } from '../../parts/States'
import { benchPath, keepBench, keptBench, placeOf, readBench, type Bench } from './bench'
import { Context, isNumber, type Given } from './Context'
import styles from './Formulas.module.css'
import { Names } from './Names'
import { Needs } from './Needs'
import { nextPanel } from './panels'
import { Result } from './Result'

const PAUSE = 400
const NOTHING_GIVEN: Given = { value: '', target: '' }

interface Props {
  readonly start: Bench
  /** The formula comes from a definition: its fields are to be shown under their labels. */
  readonly isFresh: boolean
  readonly entities: readonly EntitySummary[]
  readonly metrics: readonly MetricSummary[]
}

function sampleOf(bench: Bench, record: string | null, given: Given): FormulaSample {
  const number = (key: keyof Given) => (given[key].trim() && isNumber(given[key]) ? { [key]: parseDecimal(given[key]) ?? '' } : {})
  return {
    ...(record ? { record } : {}),
    ...(bench.scope === 'rule' ? { ...number('value'), ...number('target') } : {}),
  }
}

/** Keeps what is on the bench in the address and over a reload. */
function useKept(bench: Bench): void {
  const navigate = useNavigate()
  useEffect(() => {
    keepBench(bench)
    const timer = setTimeout(() => void navigate(benchPath(bench), { replace: true }), PAUSE)
    return () => clearTimeout(timer)
  }, [bench, navigate])
}

function Desk({ start, isFresh, entities, metrics }: Props) {
  const { t } = useTranslation('formula')
  const [bench, setBench] = useState(start)
  const [given, setGiven] = useState(NOTHING_GIVEN)
  const [answer, setAnswer] = useState<FormulaAnswer | null>(null)
  const editor = useRef<EditorHandle>(null)
  const place = useMemo(() => placeOf(bench, metrics), [bench.entity, bench.scope, bench.metric, bench.condition, metrics])
  const change = useCallback((part: Partial<Bench>) => setBench((before) => ({ ...before, ...part })), [])
  useKept(bench)
  const records = useQuery(lookupQuery(bench.entity, ''))
  const first = itemsOf(records.data)[0]?.uid ?? null
  const hasNone = records.data !== undefined && first === null

  const isToTidy = useRef(isFresh)
  const hear = (said: FormulaAnswer) => {
    setAnswer(said)
    if (isToTidy.current && said.diagnosis?.type) editor.current?.tidy()
    isToTidy.current = false
  }
  const right = answer?.diagnosis?.type ? answer.text : null
  const pick = (node: CalcNode) => {
    if (typeof node.start === 'number' && typeof node.end === 'number') editor.current?.select(node.start, node.end)
  }
  const entity = entities.find((one) => one.name === bench.entity)
  return (
    <div className={styles.bench} onKeyDown={nextPanel}>
      <div className={styles.main}>
        <Context bench={bench} entities={entities} metrics={metrics} given={given} onBench={change} onGiven={setGiven} />
        <section className={`card ${styles.write}`} data-panel="editor" aria-label={t('entry')}>
          <FormulaEditor ref={editor} initial={start.text} place={place} label={t('entry')} onChange={(text) => change({ text })} onAnswer={hear} />
        </section>
        {hasNone ? (
          <section className={`card ${styles.result}`}>
            <Nothing text={t('noRecords', { entity: label(entity?.label, bench.entity) })}>
              <Link to={`/records/${bench.entity}`}>{t('addRecord')}</Link>
            </Nothing>
          </section>
        ) : (
          <Result
            place={place}
            text={records.data === undefined ? null : right}
            isEmpty={bench.text.trim() === ''}
            isStale={answer?.text !== bench.text}
            sample={sampleOf(bench, bench.record ?? first, given)}
            onPick={pick}
          />
        )}
      </div>
      <div className={styles.side}>
        <Names key={`${bench.entity} ${bench.scope} ${bench.metric}`} place={place} onInsert={(text) => editor.current?.insert(text)} />
        <Needs place={place} text={right} />
      </div>
    </div>
  )
}

function useStart(entities: readonly EntitySummary[]): { start: Bench | null; isFresh: boolean } {
  const { search, hash } = useLocation()
  return useState((): { start: Bench | null; isFresh: boolean } => {
    const asked = readBench(search, hash)
    const kept = keptBench()
    if (asked) return { start: asked, isFresh: asked.text !== kept?.text }
    const first = entities.find((one) => !one.system && (one.count ?? 0) > 0) ?? entities.find((one) => !one.system) ?? entities[0]
    if (kept && entities.some((one) => one.name === kept.entity)) return { start: kept, isFresh: false }
    return { start: first ? { entity: first.name, scope: 'row', metric: null, condition: false, record: null, text: '' } : null, isFresh: false }
  })[0]
}

function Ready({ entities, metrics }: Pick<Props, 'entities' | 'metrics'>) {
  const { t } = useTranslation('formula')
  const { start, isFresh } = useStart(entities)
  if (start) return <Desk start={start} isFresh={isFresh} entities={entities} metrics={metrics} />
  return (
    <Nothing text={t('noEntities')}>
      <Link to="/packs">{t('toPacks')}</Link>
    </Nothing>
  )
}

function CopyLink() {
  const { t } = useTranslation('formula')
  const { message } = App.useApp()
  const copy = () => void navigator.clipboard?.writeText(window.location.href).then(() => message.success(t('copied')))
  // not there on plain http in a factory network; the address bar has the same
  return navigator.clipboard ? <Button onClick={copy}>{t('copy')}</Button> : null
}

export default function Workbench() {
  const { t } = useTranslation('formula')
  const entities = useQuery(entitiesQuery)
  const metrics = useQuery(metricsQuery)
  const error = entities.error ?? metrics.error
  return (
    <Page wide title={t('title')} lead={t('lead')} actions={<CopyLink />}>
      {entities.data && metrics.data ? (
        <Ready entities={itemsOf(entities.data).filter((one) => one.can['read'])} metrics={itemsOf(metrics.data)} />
      ) : error ? (
        <Failed error={error} onRetry={() => (void entities.refetch(), void metrics.refetch())} />
      ) : (
        <Loading rows={8} />
      )}
    </Page>
  )
}
