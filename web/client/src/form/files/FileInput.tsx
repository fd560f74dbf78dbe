// A file or a picture: chosen, dropped or taken with the camera; sent at once, removed again.
import { useEffect, useRef, useState, type DragEvent } from 'react'
import { ApiProblem } from '../../api/problem'
import type { LookupItem } from '../../api/types'
import { label } from '../../i18n/label'
import '../../i18n/files'
import { useTranslation } from '../../i18n/useTranslation'
import type { WidgetProps } from '../widgets'
import styles from './Files.module.css'
import { acceptOf, megabytes, MOST_MB, unfit } from './kinds'
import { addressOf, upload, type Upload } from './upload'

const isTouch = () => window.matchMedia('(pointer: coarse)').matches

interface ChooseProps {
  readonly text: string
  readonly props: WidgetProps
  readonly onFile: (file: File) => void
  readonly capture?: boolean
  readonly isFirst?: boolean
}

/** The browser's own control speaks the browser's language, so it is hidden behind our words. */
function Choose({ text, props, onFile, capture, isFirst }: ChooseProps) {
  const control = useRef<HTMLInputElement>(null)
  return (
    <>
      <input
        ref={control}
        type="file"
        hidden
        data-kind={capture ? 'camera' : 'file'}
        accept={acceptOf(props.field.type)}
        {...(capture ? { capture: 'environment' as const } : {})}
        onChange={(event) => {
          const file = event.target.files?.[0]
          event.target.value = '' // choosing the same file again is a choice too
          if (file) onFile(file)
        }}
      />
      <button
        type="button"
        {...(isFirst ? { id: props.id, 'aria-describedby': props.describedBy } : {})}
        aria-label={`${label(props.field.label)} ${text}`}
        className={styles.choose}
        onClick={() => control.current?.click()}
        onBlur={props.onLeave}
      >
        {text}
      </button>
    </>
  )
}

function useUpload(props: WidgetProps) {
  const { t } = useTranslation('files')
  const kinds = props.field.type === 'image' ? t('images') : t('documents')
  const [percent, setPercent] = useState(0)
  const [problem, setProblem] = useState('')
  const running = useRef<Upload | null>(null)
  const latest = useRef(props)
  latest.current = props

  useEffect(() => {
    const { input, onInput } = latest.current
    // a draft that was kept while the file was on its way: it never arrived
    if (!running.current && input && !(input as LookupItem).uid) onInput(null)
    return () => running.current?.stop()
  }, [])

  const start = (file: File) => {
    const reason = unfit(file, props.field.type)
    if (reason) return setProblem(t(reason, { name: file.name, size: megabytes(file.size), most: MOST_MB, kinds }))
    running.current?.stop()
    setProblem('')
    setPercent(0)
    props.onInput({ uid: '', display: file.name })
    const sending = upload(file, setPercent)
    running.current = sending
    const isCurrent = () => running.current === sending
    sending.done.then(
      (kept) => isCurrent() && ((running.current = null), latest.current.onInput({ uid: kept.uid, display: kept.name })),
      (error: unknown) => {
        if (!isCurrent()) return
        running.current = null
        latest.current.onInput(null)
        const refused = error instanceof ApiProblem ? error : null
        const words = refused?.diagnostics[0]?.message ?? refused?.detail ?? refused?.title
        setProblem(refused?.isOffline ? t('offline') : words || t('failed'))
      },
    )
  }
  const drop = () => {
    running.current?.stop()
    running.current = null
    props.onInput(null)
  }
  return { percent, problem, kinds, start, drop }
}

function Chosen({ props, file, percent, onDrop }: { props: WidgetProps; file: LookupItem; percent: number; onDrop: () => void }) {
  const { t } = useTranslation('files')
  const isUploading = file.uid === ''
  return (
    <div className={styles.chosen}>
      {props.field.type === 'image' && !isUploading && (
        <a href={addressOf(file.uid)} target="_blank" rel="noreferrer" className={styles.picture}>
          <img src={addressOf(file.uid)} alt={t('open', { name: file.display })} />
        </a>
      )}
      <span className={styles.words}>
        {isUploading || props.field.type === 'image' ? (
          <span className={styles.name}>{file.display}</span>
        ) : (
          <a href={addressOf(file.uid)} target="_blank" rel="noreferrer" className={styles.name}>
            {file.display}
          </a>
        )}
        <span className={styles.state} role="status">
          {isUploading ? t('uploading', { percent }) : t('ready')}
        </span>
        {isUploading && <progress max={100} value={percent} aria-label={t('uploading', { percent })} />}
      </span>
      {!props.readOnly && (
        <button
          type="button"
          id={props.id}
          className={styles.remove}
          aria-label={isUploading ? t('stop', { name: file.display }) : t('remove', { name: file.display })}
          onClick={onDrop}
        >
          ✕
        </button>
      )}
    </div>
  )
}

export default function FileInput(props: WidgetProps) {
  const { t } = useTranslation('files')
  const { percent, problem, kinds, start, drop } = useUpload(props)
  const [isOver, setOver] = useState(false)
  const file = props.input as LookupItem | null
  const isImage = props.field.type === 'image'
  const touch = isTouch()
  const over = (event: DragEvent) => {
    event.preventDefault()
    setOver(event.type === 'dragover')
  }
  return (
    <div role="group" aria-labelledby={`${props.id}-label`} aria-describedby={props.describedBy}>
      {file ? (
        <Chosen props={props} file={file} percent={percent} onDrop={drop} />
      ) : props.readOnly ? (
        <span className="muted">—</span>
      ) : (
        <div
          className={`${styles.zone} ${isOver ? styles.over : ''} ${props.invalid ? styles.invalid : ''}`}
          onDragOver={over}
          onDragLeave={over}
          onDrop={(event) => {
            over(event)
            const dropped = event.dataTransfer.files[0]
            if (dropped) start(dropped)
          }}
        >
          {touch && <Choose text={t('camera')} props={props} onFile={start} capture isFirst />}
          <Choose text={touch && isImage ? t('album') : isImage ? t('chooseImage') : t('choose')} props={props} onFile={start} isFirst={!touch} />
          {!touch && <span className="muted">{t('drop')}</span>}
        </div>
      )}
      {!props.readOnly && <p className={styles.limit}>{t('limit', { kinds, most: MOST_MB })}</p>}
      {problem && (
        <p className={styles.problem} role="alert">
          {problem}
        </p>
      )}
    </div>
  )
}
