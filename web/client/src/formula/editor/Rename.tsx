// Another name for the field under the cursor, everywhere in the formula.
import { Button, Input } from 'antd'
import { useState, type FormEvent } from 'react'
import { useTranslation } from '../../i18n/useTranslation'
import styles from './Editor.module.css'

interface Props {
  readonly name: string
  readonly onDone: (name: string) => void
  readonly onCancel: () => void
}

export function Rename({ name, onDone, onCancel }: Props) {
  const { t } = useTranslation('formula')
  const [typed, setTyped] = useState(name)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (typed.trim()) onDone(typed.trim())
  }
  return (
    <form className={styles.rename} onSubmit={submit} onKeyDown={(event) => event.key === 'Escape' && onCancel()}>
      <label>
        {t('renameLabel', { name })}
        <Input value={typed} autoFocus maxLength={200} onChange={(event) => setTyped(event.target.value)} />
      </label>
      <Button type="primary" htmlType="submit" disabled={!typed.trim() || typed.trim() === name}>
        {t('renameDo')}
      </Button>
      <Button onClick={onCancel}>{t('cancel', { ns: 'common' })}</Button>
    </form>
  )
}
