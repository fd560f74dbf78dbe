// A value the reader's role does not see: said plainly, with the way to the reason.
import { Tooltip } from 'antd'
import { useTranslation } from '../../i18n/useTranslation'
import '../../i18n/life'
import { Icon } from '../../shell/icons'
import styles from './Lists.module.css'
import records from './Records.module.css'

export function Masked({ onWhy }: { onWhy?: () => void }) {
  const { t } = useTranslation('life')
  return (
    <Tooltip title={t('masked.why')}>
      <span className={styles.masked}>
        <Icon name="lock" size={14} />
        {t('masked.word')}
        {onWhy && (
          <button type="button" className={records.link} onClick={onWhy}>
            {t('masked.ask')}
          </button>
        )}
      </span>
    </Tooltip>
  )
}
