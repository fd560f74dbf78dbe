// Filters records by a formula; a wrong one is explained under the field.
import { Input } from 'antd'
import { useEffect, useState } from 'react'
import { useTranslation } from '../../i18n/useTranslation'
import { ApiProblem } from '../../api/problem'
import styles from './Records.module.css'

interface Props {
  readonly filter: string
  readonly onFilter: (filter: string) => void
  readonly error: unknown
}

export function FilterBar({ filter, onFilter, error }: Props) {
  const { t } = useTranslation('records')
  const [text, setText] = useState(filter)
  useEffect(() => setText(filter), [filter])
  const problem = error instanceof ApiProblem ? error : null
  const words = problem ? (problem.diagnostics[0]?.message ?? problem.detail ?? problem.title) : ''
  return (
    <div className={styles.filter}>
      <Input.Search
        allowClear
        value={text}
        onChange={(event) => setText(event.target.value)}
        onSearch={(value) => onFilter(value.trim())}
        placeholder={t('filterHint')}
        aria-label={t('filter')}
        aria-invalid={problem !== null}
        aria-describedby={problem ? 'filter-error' : undefined}
        {...(problem ? { status: 'error' as const } : {})}
      />
      {problem && (
        <p className={styles.error} id="filter-error" role="alert">
          {t('filterWrong')}：{words}
        </p>
      )}
    </div>
  )
}
