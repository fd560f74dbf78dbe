// What the server said against something, beside the button that asked for it.
import { ApiProblem } from '../api/problem'
import { useTranslation } from '../i18n/useTranslation'
import styles from './States.module.css'

export function useWordsOf(): (error: unknown) => string {
  const { t } = useTranslation()
  return (error) => {
    if (!(error instanceof ApiProblem)) return t('failedServer')
    if (error.isOffline) return t('failedOffline')
    return error.diagnostics[0]?.message ?? error.detail ?? (error.title || t('failedServer'))
  }
}

export function Refused({ error }: { error: unknown }) {
  const { t } = useTranslation()
  const words = useWordsOf()
  if (!error) return null
  const problem = error instanceof ApiProblem ? error : null
  const rest = problem?.diagnostics.slice(1, 10) ?? []
  return (
    <div className={styles.refused} role="alert">
      <p>{words(error)}</p>
      {rest.length > 0 && (
        <ul>
          {rest.map((one, index) => (
            <li key={index}>{one.message}</li>
          ))}
        </ul>
      )}
      {problem && problem.code !== 'NETWORK' && (
        <details>
          <summary>{t('details')}</summary>
          <code>{[problem.code, problem.status].join(' · ')}</code>
        </details>
      )}
    </div>
  )
}
