// The passport of a number: why it is so, as known then, beside what today's data would give.
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from '../../i18n/useTranslation'
import { Link, useParams } from 'react-router'
import { passportQuery } from '../../api/queries'
import type { Passport as PassportOf } from '../../api/types'
import { formatNumber, parseDecimal } from '../../format/decimal'
import { formatDateTime } from '../../format/time'
import { label, readable } from '../../i18n/label'
import { Page } from '../../parts/Page'
import { Rag } from '../../parts/Rag'
import { Loaded } from '../../parts/States'
import { CalcTree } from './CalcTree'
import { InputCard } from './InputCard'
import styles from './Passport.module.css'

function Numbers({ passport }: { passport: PassportOf }) {
  const { t } = useTranslation('metrics')
  const { metric, now } = passport
  const difference = now?.difference ? parseDecimal(now.difference) : null
  const isSame = now !== null && now !== undefined && (difference === '0' || (now.difference === null && now.value === passport.value))
  const shown = (value: string | null) => (value === null ? t('noValue') : formatNumber(value, metric))
  return (
    <div className={styles.numbers}>
      <div className={`${styles.number} ${styles.main}`}>
        <p className={styles.caption}>{t('passport.asKnown')}</p>
        <p className={styles.big}>
          <strong className="num">{shown(passport.value)}</strong>
          {passport.band && <Rag band={passport.band} />}
        </p>
        <p className="small muted num">
          {passport.target ? `${t('target', { ns: 'common' })} ${formatNumber(passport.target, metric)} · ` : ''}
          {t('passport.asKnownAt', { rev: passport.rev, at: formatDateTime(passport.at, 'seconds') })}
        </p>
      </div>
      <div className={styles.number}>
        <p className={styles.caption}>{t('passport.today')}</p>
        <p className={styles.big}>
          <strong className="num">{now ? shown(now.value) : '—'}</strong>
        </p>
        <p className="small muted">{now ? (isSame ? t('passport.same') : '') : t('passport.notRecomputed')}</p>
      </div>
      {now && !isSame && (
        <div className={`${styles.number} ${styles.difference}`}>
          <p className={styles.caption}>{t('passport.difference')}</p>
          <p className={styles.big}>
            <strong className="num">
              {difference && !difference.startsWith('-') ? '+' : ''}
              {formatNumber(now.difference, metric)}
            </strong>
          </p>
        </div>
      )}
    </div>
  )
}

function Formula({ formula }: { formula: PassportOf['formula'] }) {
  const { t } = useTranslation('metrics')
  return (
    <section className={styles.formula}>
      <h3>{t('passport.formula')}</h3>
      <p className={styles.formulaText}>{readable(formula.text)}</p>
      <p className="small muted">
        {/^\d{4}-/.test(String(formula.version))
          ? t('passport.versionFrom', { version: formula.version })
          : t('passport.version', { version: formula.version })}
        {formula.hash && (
          <>
            {' · '}
            {t('passport.hash')} <code title={formula.hash}>{formula.hash.slice(0, 12)}</code>
          </>
        )}
      </p>
    </section>
  )
}

function Body({ passport }: { passport: PassportOf }) {
  const { t } = useTranslation('metrics')
  const nowInputs = new Map((passport.now?.inputs ?? []).map((input) => [input.key, input]))
  return (
    <>
      <Numbers passport={passport} />
      {passport.recomputes === false && (
        <p className={styles.warning} role="alert">
          {t('passport.doesNotRecompute')}
        </p>
      )}
      <Formula formula={passport.formula} />
      <div className={styles.trees}>
        <div className={`card ${styles.treeCard}`}>
          {passport.tree ? <CalcTree tree={passport.tree} label={t('passport.tree')} /> : <p className="muted">{t('passport.noTree')}</p>}
        </div>
        {passport.now?.tree && (
          <div className={`card ${styles.treeCard}`}>
            <CalcTree tree={passport.now.tree} label={t('passport.treeNow')} />
          </div>
        )}
      </div>
      <div className={styles.inputs}>
        <div>
          <h2>{t('passport.inputs')}</h2>
          <p className="small muted">{t('passport.asThen')}</p>
        </div>
        {passport.inputs.map((input) => (
          <InputCard key={input.key} input={input} now={nowInputs.get(input.key)} />
        ))}
      </div>
    </>
  )
}

export default function Passport() {
  const { t } = useTranslation('metrics')
  const query = useQuery(passportQuery(useParams()['uid'] ?? ''))
  const passport = query.data
  return (
    <Page
      title={passport ? `${label(passport.metric.label)} · ${passport.subject.display} · ${passport.period_label}` : t('passport.title')}
      lead={t('passport.title')}
      back={<Link to={passport ? `/metrics/${passport.metric.name}` : '/metrics'}>← {t('passport.back')}</Link>}
    >
      <Loaded query={query} rows={8}>
        {(data) => <Body passport={data} />}
      </Loaded>
    </Page>
  )
}
