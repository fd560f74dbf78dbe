// A signature: drawn with finger, pen or mouse; a picture of it can be chosen instead.
import { useRef, useState, type PointerEvent } from 'react'
import type { LookupItem } from '../../api/types'
import FileInput from '../files/FileInput'
import { upload } from '../files/upload'
import { useTranslation } from '../../i18n/useTranslation'
import type { WidgetProps } from '../widgets'
import styles from './More.module.css'

const WIDTH = 600
const HEIGHT = 200
const PEN = 3

export default function SignatureInput(props: WidgetProps) {
  const { t } = useTranslation('form')
  const paper = useRef<HTMLCanvasElement>(null)
  const [drawn, setDrawn] = useState(false)
  const [failed, setFailed] = useState(false)
  if ((props.input as LookupItem | null) !== null || props.readOnly) return <FileInput {...props} />

  const at = (event: PointerEvent<HTMLCanvasElement>): [number, number] => {
    const box = event.currentTarget.getBoundingClientRect()
    return [((event.clientX - box.left) / box.width) * WIDTH, ((event.clientY - box.top) / box.height) * HEIGHT]
  }
  const draw = (event: PointerEvent<HTMLCanvasElement>, starts: boolean) => {
    const pen = paper.current?.getContext('2d')
    if (!pen || (!starts && event.buttons === 0)) return
    if (starts) {
      event.currentTarget.setPointerCapture(event.pointerId)
      pen.beginPath()
      pen.moveTo(...at(event))
    }
    pen.lineWidth = PEN
    pen.lineCap = 'round'
    pen.lineTo(...at(event))
    pen.stroke()
    setDrawn(true)
  }
  const wipe = () => {
    paper.current?.getContext('2d')?.clearRect(0, 0, WIDTH, HEIGHT)
    setDrawn(false)
  }
  const keep = () =>
    paper.current?.toBlob((picture) => {
      if (!picture) return
      setFailed(false)
      upload(new File([picture], 'signature.png', { type: 'image/png' }), () => undefined).done.then(
        (kept) => props.onInput({ uid: kept.uid, display: kept.name }),
        () => setFailed(true),
      )
    }, 'image/png')
  return (
    <div className={styles.column}>
      <canvas
        ref={paper}
        className={styles.paper}
        width={WIDTH}
        height={HEIGHT}
        role="img"
        aria-label={t('signHere')}
        onPointerDown={(event) => draw(event, true)}
        onPointerMove={(event) => draw(event, false)}
        onPointerUp={props.onLeave}
      />
      <div className={styles.list}>
        <button type="button" className={styles.button} disabled={!drawn} onClick={keep}>
          {t('signKeep')}
        </button>
        <button type="button" className={styles.button} disabled={!drawn} onClick={wipe}>
          {t('clear')}
        </button>
        {failed && <span className={styles.note}>{t('summaryOther')}</span>}
      </div>
      <FileInput {...props} />
    </div>
  )
}
