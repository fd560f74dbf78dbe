// Starts the form with what the same person sent last: 一键复制上期.
import { useState } from 'react'
import { api } from '../api/client'
import { ApiProblem, call } from '../api/problem'
import { useTranslation } from '../i18n/useTranslation'
import styles from './Form.module.css'
import { inputsOf } from './model/values'
import type { Filling } from './useForm'

export function CopyLast({ filling }: { filling: Filling }) {
  const { t } = useTranslation('form')
  const [said, setSaid] = useState<'idle' | 'none' | 'done'>('idle')
  const { form } = filling
  const copy = async () => {
    try {
      const last = await call(api.GET('/forms/{name}/last', { params: { path: { name: form.name } } }))
      const fields = form.fields.filter((field) => field.key in last.values)
      filling.dispatch({ type: 'fill', inputs: inputsOf(fields, last.values, last.display_values) })
      setSaid('done')
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error
      setSaid('none')
    }
  }
  return (
    <p className={styles.help}>
      <button type="button" className={styles.addButton} onClick={() => void copy()}>
        {t('copyLast')}
      </button>
      <span role="status">{said === 'idle' ? '' : t(said === 'none' ? 'copyNone' : 'copyDone')}</span>
    </p>
  )
}
