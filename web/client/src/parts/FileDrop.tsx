// A place to drop one file or choose it; it is sent at once, with progress.
import { useRef, useState, type DragEvent } from 'react'
import { Progress } from 'antd'
import { upload, type Uploaded } from '../form/files/upload'
import { useTranslation } from '../i18n/useTranslation'
import '../i18n/life'
import styles from '../screens/records/Lists.module.css'
import { Refused } from './Refused'

interface Props {
  readonly accept: string
  readonly hint: string
  readonly onFile: (file: Uploaded) => void
}

export function FileDrop({ accept, hint, onFile }: Props) {
  const { t } = useTranslation('life')
  const input = useRef<HTMLInputElement>(null)
  const [percent, setPercent] = useState<number | null>(null)
  const [error, setError] = useState<unknown>(null)
  const [isOver, setOver] = useState(false)
  const send = (file: File | undefined) => {
    if (!file) return
    setError(null)
    setPercent(0)
    upload(file, setPercent).done.then(onFile, (problem: unknown) => {
      setError(problem)
      setPercent(null)
    })
  }
  const drop = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    send(event.dataTransfer.files[0])
  }
  return (
    <div className={styles.form}>
      <label
        className={`${styles.drop} ${isOver ? styles.over : ''}`}
        onDragOver={(event) => {
          event.preventDefault()
          setOver(true)
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
      >
        <input
          ref={input}
          type="file"
          accept={accept}
          className="visually-hidden"
          onChange={(event) => {
            send(event.target.files?.[0])
            event.target.value = '' // the same file may be chosen again
          }}
        />
        <strong>{t('imports.drop')}</strong>
        <span className="small muted">{hint}</span>
        {percent !== null && <Progress percent={percent} size="small" aria-label={t('imports.uploading', { percent })} />}
      </label>
      <Refused error={error} />
    </div>
  )
}
