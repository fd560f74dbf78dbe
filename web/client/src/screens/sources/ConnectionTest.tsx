// Tries the connection with what is saved and says at which step it stops.
import { useMutation } from '@tanstack/react-query'
import { Button } from 'antd'
import { useTranslation } from '../../i18n/useTranslation'
import { api } from '../../api/client'
import { call } from '../../api/problem'
import type { SourceTest, TestStep } from '../../api/types'
import { label } from '../../i18n/label'
import { Badge, wordOf, type Tone } from '../../parts/Badge'
import { Failed } from '../../parts/States'
import styles from './Sources.module.css'

const TONES: Record<string, Tone> = { ok: 'green', warn: 'amber', fail: 'red', skip: 'grey' }

/** A step is known by its word, or by the word before a colon and what comes after it. */
function useStepWords() {
  const { t } = useTranslation('admin')
  const words = t('sources.steps', { returnObjects: true })
  return (name: string) => {
    const [kind = '', ...rest] = name.split(/[:.]/)
    return [wordOf(words, kind), ...rest].join(' ')
  }
}

function StepLine({ step }: { step: TestStep }) {
  const { t } = useTranslation('admin')
  const named = useStepWords()
  return (
    <li className={styles.step}>
      <Badge tone={TONES[step.state] ?? 'grey'}>{wordOf(t('sources.stepStates', { returnObjects: true }), step.state)}</Badge>
      <span>
        {named(step.name)}
        {step.message && <span className="muted"> · {step.message}</span>}
      </span>
    </li>
  )
}

function Result({ result }: { result: SourceTest }) {
  const { t } = useTranslation('admin')
  const named = useStepWords()
  const words = label(result.message)
  return (
    <div role="status" className={result.ok ? styles.good : styles.bad}>
      <p>
        <strong>{result.ok ? t('sources.testOk') : result.step ? t('sources.testFailed', { step: named(result.step) }) : t('sources.testNot')}</strong>
      </p>
      {words && <p>{words}</p>}
      {(result.steps?.length ?? 0) > 0 && (
        <ol className={styles.steps}>
          {result.steps?.map((step) => (
            <StepLine key={step.name} step={step} />
          ))}
        </ol>
      )}
    </div>
  )
}

export function ConnectionTest({ name }: { name: string }) {
  const { t } = useTranslation('admin')
  const test = useMutation({
    mutationFn: () => call(api.POST('/sources/{name}/test', { params: { path: { name } } })) as Promise<SourceTest>,
  })
  return (
    <>
      <p className="small muted">{t('sources.testHint')}</p>
      <div className={styles.actions}>
        <Button loading={test.isPending} onClick={() => test.mutate()}>
          {t('sources.test')}
        </Button>
      </div>
      {test.error && !test.isPending && <Failed error={test.error} />}
      {test.data && !test.isPending && <Result result={test.data} />}
    </>
  )
}
