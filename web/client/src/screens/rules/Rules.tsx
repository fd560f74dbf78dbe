// The rules in force: each as one sentence, each to be tried on the past.
import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from '../../i18n/useTranslation'
import { Link, useNavigate, useParams } from 'react-router'
import { itemsOf } from '../../api/list'
import { rulesQuery } from '../../api/queries'
import type { Rule } from '../../api/types'
import { label, readable } from '../../i18n/label'
import { Badge, wordOf } from '../../parts/Badge'
import { Page } from '../../parts/Page'
import { Loaded, Nothing } from '../../parts/States'
import { useIsAdmin } from '../../shell/session'
import { benchPath, ruleBench } from '../formulas/bench'
import { BacktestDialog } from './BacktestDialog'
import styles from './Rules.module.css'

function RuleCard({ rule, canTry, onTry }: { rule: Rule; canTry: boolean; onTry: () => void }) {
  const { t } = useTranslation('rules')
  return (
    <article className={`card ${styles.rule}`}>
      <header className={styles.head}>
        <h2>{label(rule.label)}</h2>
        <Badge tone="blue">{wordOf(t('kind', { returnObjects: true }), rule.kind)}</Badge>
        <Badge tone={rule.enabled ? 'green' : 'grey'}>{rule.enabled ? t('enabled') : t('disabled')}</Badge>
      </header>
      <p className={styles.sentence}>{readable(label(rule.sentence))}</p>
      <footer className={styles.foot}>
        {canTry &&
          (rule.kind === 'period' ? (
            <Button onClick={onTry}>{t('backtest.open')}</Button>
          ) : (
            <span className="small muted">{t('backtest.onlyPeriod')}</span>
          ))}
        {canTry && rule.formula && <Link to={benchPath(ruleBench(rule, rule.formula))}>{t('workbench')}</Link>}
        {rule.metric && <Link to={`/metrics/${rule.metric}`}>{t('metric')}</Link>}
      </footer>
    </article>
  )
}

export default function Rules() {
  const { t } = useTranslation('rules')
  const query = useQuery(rulesQuery)
  const navigate = useNavigate()
  const isAdmin = useIsAdmin()
  const { name } = useParams()
  const [tried, setTried] = useState<string | null>(name ?? null)
  const rules = itemsOf(query.data)
  const chosen = rules.find((rule) => rule.name === tried)
  return (
    <Page title={t('title')}>
      <Loaded query={query} rows={6}>
        {() =>
          rules.length === 0 ? (
            <Nothing text={t('empty')}>
              {isAdmin && (
                <Button type="primary" onClick={() => void navigate('/packs')}>
                  {t('emptyAction')}
                </Button>
              )}
            </Nothing>
          ) : (
            <div className={styles.list}>
              {rules.map((rule) => (
                <RuleCard key={rule.name} rule={rule} canTry={isAdmin} onTry={() => setTried(rule.name)} />
              ))}
            </div>
          )
        }
      </Loaded>
      {chosen?.kind === 'period' && isAdmin && <BacktestDialog key={chosen.name} rule={chosen} onClose={() => setTried(null)} />}
    </Page>
  )
}
