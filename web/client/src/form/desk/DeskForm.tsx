// A form on the desk: summary, fields, draft note, submit button.
import { Button } from 'antd'
import { useTranslation } from '../../i18n/useTranslation'
import { label } from '../../i18n/label'
import { DraftNote } from '../DraftNote'
import { DraftOffers } from '../DraftOffers'
import { ErrorSummary } from '../ErrorBox'
import { messagesOf, useSummaryLines } from '../ErrorSummary'
import { FormBody } from '../FormBody'
import type { Filling } from '../useForm'
import { WidgetsOf } from '../widgets'
import styles from './DeskForm.module.css'
import { deskWidgets } from './widgets'

export function DeskForm({ filling, submitLabel, onCancel }: { filling: Filling; submitLabel?: string; onCancel?: () => void }) {
  const { t } = useTranslation('form')
  const lines = useSummaryLines(filling)
  return (
    <form
      noValidate
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault()
        filling.submit()
      }}
      onKeyDown={(event) => {
        // Enter inside a field would submit a half-filled form; Ctrl+Enter means it
        const inField = event.target instanceof HTMLInputElement
        if (event.key === 'Enter' && inField && !event.ctrlKey) event.preventDefault()
      }}
    >
      <DraftOffers filling={filling} />
      <ErrorSummary filling={filling} lines={lines} />
      <WidgetsOf value={deskWidgets}>
        <FormBody context={{ filling, messages: messagesOf(lines) }} />
      </WidgetsOf>
      {filling.form.feeds && <p className="small muted">{t('feeds', { use: label(filling.form.feeds) })}</p>}
      <div className={styles.bar}>
        <Button type="primary" htmlType="submit" loading={filling.progress === 'sending'}>
          {submitLabel ?? t('submit')}
        </Button>
        {onCancel && <Button onClick={onCancel}>{t('cancel', { ns: 'common' })}</Button>}
        <DraftNote filling={filling} />
      </div>
    </form>
  )
}
