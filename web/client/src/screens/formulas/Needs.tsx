// What the formula reads and where it can be computed.
import { useQuery } from '@tanstack/react-query'
import { formulaNamesQuery, formulaNeedsQuery } from '../../api/queries'
import type { FormulaDependencies, FormulaNeeds, FormulaPlace } from '../../api/types'
import { useTranslation } from '../../i18n/useTranslation'
import styles from './Formulas.module.css'
import { verdict } from './reach'

type Runs = FormulaDependencies['runs']

function Machine({ name, runs }: { name: string; runs: boolean }) {
  const { t } = useTranslation('formula')
  return (
    <li className={`${styles.machine} ${runs ? styles.does : ''}`}>
      <svg width="14" height="14" viewBox="0 0 14 14" aria-hidden="true" fill="none" stroke="currentColor" strokeWidth="1.800" strokeLinecap="round">
        <path d={runs ? 'M2.500 7.500l3 3 6-7' : 'M3.500 3.500l7 7M10.500 3.500l-7 7'} />
      </svg>
      {name}
      <span className="visually-hidden">{t(runs ? 'runs.yes' : 'runs.no')}</span>
    </li>
  )
}

function Where({ runs }: { runs: Runs }) {
  const { t } = useTranslation('formula')
  return (
    <>
      <h2>{t('runs.title')}</h2>
      <p>
        {t(`runs.${verdict(runs)}`)}
        {runs.prevented_by.length > 0 && <span className="muted">{` (${t('runs.because', { names: runs.prevented_by.join(', ') })})`}</span>}
      </p>
      <ul className={styles.machines}>
        <Machine name={t('runs.serverName')} runs />
        <Machine name={t('runs.postgresql')} runs={runs.postgresql} />
        <Machine name={t('runs.sqlite')} runs={runs.sqlite} />
        <Machine name={t('runs.browserName')} runs={runs.browser} />
      </ul>
    </>
  )
}

function Paths({ needs, labels }: { needs: FormulaNeeds; labels: ReadonlyMap<string, string> }) {
  const { t } = useTranslation('formula')
  return (
    <ul className={styles.paths}>
      {needs.paths.map((path) => (
        <li key={path}>
          {labels.get(path) ?? ''} <code>{path}</code>
        </li>
      ))}
      {Object.entries(needs.rows).map(([path, inside]) => (
        <li key={path}>
          {labels.get(path) ?? t('needsRows')} <code>{path}</code>
          <Paths needs={inside} labels={new Map()} />
        </li>
      ))}
    </ul>
  )
}

export function Needs({ place, text }: { place: FormulaPlace; text: string | null }) {
  const { t } = useTranslation('formula')
  const query = useQuery({ ...formulaNeedsQuery(place, text ?? ''), enabled: text !== null })
  const names = useQuery(formulaNamesQuery(place)).data
  const labels = new Map(names?.fields.map((one) => [one.key, one.label]))
  const params = t('params', { returnObjects: true }) as Record<string, string>
  const found = query.data
  if (text === null || !found) return null
  const isNothing = found.paths.length === 0 && Object.keys(found.rows).length === 0
  return (
    <section className={`card ${styles.needs}`} data-panel="needs" aria-label={t('needs')}>
      <Where runs={found.runs} />
      <h2>{t('needs')}</h2>
      {isNothing && <p className="muted">{t('needsNone')}</p>}
      <Paths needs={found} labels={labels} />
      {found.params.length > 0 && <p className="muted">{found.params.map((one) => params[one] ?? one).join(' · ')}</p>}
    </section>
  )
}
