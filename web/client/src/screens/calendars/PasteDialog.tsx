// A list of dates put in at once, as the announcement of a year's holidays.
import { App, Button, Input, Modal, Radio } from 'antd'
import { useState } from 'react'
import { useTranslation } from '../../i18n/useTranslation'
import styles from './Calendars.module.css'
import { readDates, type Unread } from './paste'
import type { Mark } from './year'

const MOST_TOLD = 8
const AS: Readonly<Record<'off' | 'on' | 'plain', Mark>> = { off: false, on: true, plain: null }

/** `onMarks` says how many days became different. */
export function PasteDialog({ year, onMarks, onClose }: { year: number; onMarks: (marks: ReadonlyMap<string, Mark>) => number; onClose: () => void }) {
  const { t } = useTranslation('calendars')
  const { message } = App.useApp()
  const [text, setText] = useState('')
  const [as, setAs] = useState<keyof typeof AS>('off')
  const [unread, setUnread] = useState<readonly Unread[] | null>(null)
  const apply = () => {
    const read = readDates(text, year, AS[as])
    setUnread(read.unread)
    if (read.unread.length > 0 || read.marks.size === 0) return
    const count = onMarks(read.marks)
    void message.success(count ? t('paste.applied', { count }) : t('paste.nothing'))
    onClose()
  }
  return (
    <Modal
      open
      title={t('paste.title', { year })}
      onCancel={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('cancel', { ns: 'common' })}</Button>
          <Button type="primary" onClick={apply}>
            {t('paste.apply')}
          </Button>
        </>
      }
    >
      <div className={styles.form}>
        <p className="muted">{t('paste.hint')}</p>
        <label htmlFor="paste-list">{t('paste.list')}</label>
        <Input.TextArea id="paste-list" autoFocus rows={8} value={text} maxLength={20_000} onChange={(event) => setText(event.target.value)} />
        <span id="paste-as">{t('paste.as')}</span>
        <Radio.Group
          aria-labelledby="paste-as"
          value={as}
          onChange={(event) => setAs(event.target.value as keyof typeof AS)}
          options={(['off', 'on', 'plain'] as const).map((value) => ({ value, label: t(`paste.${value}`) }))}
        />
        {unread && (unread.length > 0 || !text.trim()) && (
          <div role="alert" className={styles.unread}>
            {text.trim() ? (
              <ul>
                {unread.slice(0, MOST_TOLD).map((one) => (
                  <li key={`${one.line} ${one.text}`}>{t(`paste.${one.why}`, { line: one.line, text: one.text, year })}</li>
                ))}
              </ul>
            ) : (
              t('paste.needList')
            )}
          </div>
        )}
      </div>
    </Modal>
  )
}
