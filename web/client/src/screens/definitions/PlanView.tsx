// What a publication would do, before it does it; consent by name, then publishing.
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Button, Checkbox, Input } from 'antd'
import { useState, type ReactNode } from 'react'
import { useTranslation } from '../../i18n/useTranslation'
import '../../i18n/change'
import { api } from '../../api/client'
import { call } from '../../api/problem'
import type { FailedRow, Impact, PlanStep, Published } from '../../api/types'
import { Refused } from '../../parts/Refused'
import styles from './Definitions.module.css'
import { useNames } from './names'

function Part({ title, tone, children }: { title: string; tone?: 'amber' | 'red'; children: ReactNode }) {
  return (
    <section className={`${styles.part} ${tone ? styles[tone] : ''}`}>
      <h3>{title}</h3>
      {children}
    </section>
  )
}

const plain = (value: unknown): string =>
  typeof value === 'string' ? value : ((value as { key?: string; name?: string } | null)?.key ?? (value as { name?: string } | null)?.name ?? '')
const keysOf = (value: unknown) => (Array.isArray(value) ? value.map((keys) => (Array.isArray(keys) ? keys.join(' + ') : String(keys))).join('；') : '')

type Step = 'AddEntity' | 'HideEntity' | 'AddField' | 'HideField' | 'RetypeField' | 'NarrowField' | 'ChangeUnique'
const STEPS: ReadonlySet<string> = new Set<Step>(['AddEntity', 'HideEntity', 'AddField', 'HideField', 'RetypeField', 'NarrowField', 'ChangeUnique'])

function useStepWords(): (step: PlanStep) => string {
  const { t } = useTranslation('change')
  const { typeName } = useNames()
  const typeOf = (value: unknown) => typeName((value as { type?: string } | null)?.type ?? '')
  return (step) => {
    if (!STEPS.has(step.do)) return step.do
    const isUnique = step.do === 'ChangeUnique'
    const values = {
      entity: plain(step.entity),
      field: plain(step.field) || plain(step.before),
      type: typeOf(step.field),
      before: isUnique ? keysOf(step.before) || t('plan.noUnique') : typeOf(step.before),
      after: isUnique ? keysOf(step.after) || t('plan.noUnique') : typeOf(step.after),
    }
    return t(`plan.steps.${step.do as Step}`, values)
  }
}

export function FailedRows({ rows, total }: { rows: readonly FailedRow[]; total: number }) {
  const { t } = useTranslation('change')
  return (
    <div className={styles.scroll} tabIndex={0} role="region" aria-label={t('plan.conversions')}>
      <table className={styles.grid}>
        <thead>
          <tr>
            <th scope="col">{t('plan.value')}</th>
            <th scope="col">{t('plan.reason')}</th>
            <th scope="col">{t('plan.record')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row, at) => (
            <tr key={at}>
              <td className={styles.value}>{row.value}</td>
              <td>{row.reason}</td>
              <td>
                <code className="small">{row.uid.slice(0, 8)}</code>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {total > rows.length && <p className="small muted">{t('plan.more', { count: total - rows.length })}</p>}
    </div>
  )
}

function Names({ impact }: { impact: Impact }) {
  const { t } = useTranslation('change')
  const { definitionName } = useNames()
  const kinds = ['added', 'changed', 'removed'] as const
  return (
    <ul>
      {kinds.flatMap((kind) =>
        impact.plan[kind].map((name) => (
          <li key={`${kind} ${name}`}>
            <strong>{t(`plan.${kind}`)}</strong> {definitionName(name)}
          </li>
        )),
      )}
    </ul>
  )
}

function Wider({ impact }: { impact: Impact }) {
  const { t } = useTranslation('change')
  return (
    <Part title={t('plan.widened')} tone="amber">
      <ul>
        {impact.widened.map((one, at) => (
          <li key={at}>{one.entity ? t('plan.wider', one) : one.what === 'admin' ? t('plan.widerAdmin', one) : t('plan.widerMetric', one)}</li>
        ))}
      </ul>
    </Part>
  )
}

/** What each role may do with fields that are new: asked before they are there. */
function NewFields({ impact }: { impact: Impact }) {
  const { t } = useTranslation('change')
  return (
    <Part title={t('plan.newFields')}>
      <ul>
        {impact.new_fields.map((one, at) => (
          <li key={at}>{t(`plan.newField.${one.right}`, { role: one.role, field: `${one.entity}.${one.field}` })}</li>
        ))}
      </ul>
    </Part>
  )
}

function Effects({ impact }: { impact: Impact }) {
  const { t } = useTranslation('change')
  const stepWords = useStepWords()
  const { kindName } = useNames()
  return (
    <>
      <Names impact={impact} />
      <Part title={t('plan.tables')}>
        {impact.plan.steps.length === 0 ? (
          <p className="muted">{t('plan.noTables')}</p>
        ) : (
          <ul>
            {impact.plan.steps.map((step, at) => (
              <li key={at}>{stepWords(step)}</li>
            ))}
          </ul>
        )}
        {impact.statements.length > 0 && (
          <details>
            <summary>{t('plan.statements')}</summary>
            <pre className="small" tabIndex={0}>{impact.statements.join(';\n\n')}</pre>
          </details>
        )}
      </Part>
      {impact.conversions.length > 0 && (
        <Part title={t('plan.conversions')} {...(impact.conversions.some((one) => one.failed) ? { tone: 'amber' as const } : {})}>
          {impact.conversions.map((one) => (
            <div key={one.field}>
              <p>
                {one.failed ? t('plan.fails', { ...one }) : t('plan.converts', { ...one })}
                {one.to_fill > 0 && ` · ${t('plan.toFill', { count: one.to_fill })}`}
              </p>
              {one.rows.length > 0 && <FailedRows rows={one.rows} total={one.failed} />}
            </div>
          ))}
        </Part>
      )}
      {impact.doubles.length > 0 && (
        <Part title={t('plan.doubles')} tone="red">
          <ul>
            {impact.doubles.map((one, at) => (
              <li key={at}>{one.message}</li>
            ))}
          </ul>
        </Part>
      )}
      {impact.touched.length > 0 && (
        <Part title={t('plan.touched')}>
          <ul>
            {impact.touched.map((use, at) => (
              <li key={at}>
                {kindName(use.kind)} {use.name} <code className="small muted">{use.pointer}</code>
              </li>
            ))}
          </ul>
        </Part>
      )}
      {impact.new_fields.length > 0 && <NewFields impact={impact} />}
      {impact.widened.length > 0 && <Wider impact={impact} />}
      {impact.warnings.length > 0 && (
        <Part title={t('plan.warnings')} tone="amber">
          <ul>
            {impact.warnings.map((one, at) => (
              <li key={at}>{one.message}</li>
            ))}
          </ul>
        </Part>
      )}
    </>
  )
}

interface Props {
  readonly impact: Impact
  readonly names: readonly string[]
  readonly onPublished: (published: Published) => void
  readonly onCancel: () => void
}

export function PlanView({ impact, names, onPublished, onCancel }: Props) {
  const { t } = useTranslation('change')
  const { definitionName } = useNames()
  const client = useQueryClient()
  const [agreed, setAgreed] = useState<readonly string[]>([])
  const [note, setNote] = useState('')
  const publish = useMutation({
    mutationFn: () => call(api.POST('/definitions/drafts/publish', { body: { names: [...names], note: note.trim(), consent: [...agreed] } })),
    onSuccess: (published) => {
      void client.invalidateQueries({ predicate: (query) => query.queryKey[0] !== 'session' })
      onPublished(published)
    },
  })
  const lacks = impact.consent.filter((name) => !agreed.includes(name))
  return (
    <div className={styles.plan}>
      <Effects impact={impact} />
      {impact.consent.length > 0 && (
        <Part title={t('plan.consent')} tone="red">
          <p>{t('plan.consentHint')}</p>
          <ul>
            {impact.consent.map((name) => (
              <li key={name}>
                <Checkbox
                  checked={agreed.includes(name)}
                  onChange={(event) => setAgreed(event.target.checked ? [...agreed, name] : agreed.filter((one) => one !== name))}
                >
                  {t('plan.agree', { name: definitionName(name) })}
                </Checkbox>
              </li>
            ))}
          </ul>
        </Part>
      )}
      <Input value={note} onChange={(event) => setNote(event.target.value)} maxLength={500} placeholder={t('plan.note')} aria-label={t('plan.note')} />
      <Refused error={publish.error} />
      <p className={styles.bar}>
        <Button type="primary" disabled={lacks.length > 0 || impact.doubles.length > 0} loading={publish.isPending} onClick={() => publish.mutate()}>
          {t('plan.publish')}
        </Button>
        <Button onClick={onCancel}>{t('cancel', { ns: 'common' })}</Button>
        {lacks.length > 0 && <span className="small muted">{t('plan.needConsent')}</span>}
      </p>
    </div>
  )
}
