// What is wrong with a formula in plain words, with a fix to press; also for those who do not see the wavy line.
import { useTranslation } from '../../i18n/useTranslation'
import type { FormulaFix, FormulaProblem } from '../../api/types'
import { Failed } from '../../parts/States'
import type { FormulaAnswer } from './asking'
import styles from './Editor.module.css'

interface Props {
  readonly answer: FormulaAnswer | null
  readonly isReadOnly: boolean
  readonly onFix: (fix: FormulaFix) => void
  readonly onGo: (problem: FormulaProblem) => void
  readonly onRetry: () => void
}

function Sign({ isGood }: { isGood: boolean }) {
  return (
    <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true" className={isGood ? styles.good : styles.bad}>
      <circle cx="8" cy="8" r="7" fill="currentColor" opacity="0.14" />
      <path
        d={isGood ? 'M4.800 8.300l2.200 2.200 4.200-4.700' : 'M8 4.300v4.400M8 11.200v.3'}
        fill="none"
        stroke="currentColor"
        strokeWidth="1.700"
        strokeLinecap="round"
      />
    </svg>
  )
}

export function Problems({ answer, isReadOnly, onFix, onGo, onRetry }: Props) {
  const { t } = useTranslation('formula')
  if (answer?.error) return <Failed error={answer.error} onRetry={onRetry} />
  const problems = answer?.diagnosis?.diagnostics ?? []
  const type = answer?.diagnosis?.type
  return (
    <div className={styles.problems} aria-live="polite">
      {type && (
        <p className={styles.verdict}>
          <Sign isGood />
          <span>{t('right', { type: t(`types.${type.name}` as 'types.number', { defaultValue: type.name }) })}</span>
        </p>
      )}
      {problems.map((problem, index) => (
        <div key={index} className={styles.problem}>
          <Sign isGood={false} />
          <button type="button" className={styles.message} onClick={() => onGo(problem)} title={`${t('goThere')} · ${problem.code}`}>
            {problem.message}
          </button>
          {!isReadOnly && (
            <span className={styles.fixes}>
              {problem.fixes.map((fix) => (
                <button key={fix.title} type="button" className={styles.fix} onClick={() => onFix(fix)}>
                  {fix.title}
                </button>
              ))}
            </span>
          )}
        </div>
      ))}
    </div>
  )
}
