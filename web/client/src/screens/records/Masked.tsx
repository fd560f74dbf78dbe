// A value the reader's role does not see, or sees in part: said plainly, with the way to the reason.
import { Tooltip } from 'antd'
import { useTranslation } from '../../i18n/useTranslation'
import '../../i18n/life'
import type { Wire } from '../../api/types'
import { Icon } from '../../shell/icons'
import styles from './Lists.module.css'
import records from './Records.module.css'

const NOTHING = '***'

export function Masked({ value, onWhy }: { value?: Wire | undefined; onWhy?: () => void }) {
  const { t } = useTranslation('life')
  return (
    <Tooltip title={t('masked.why')}>
      <span className={styles.masked}>
        <Icon name="lock" size={14} />
        {typeof value === 'string' && value !== NOTHING ? <span className="num">{value}</span> : t('masked.word')}
        {onWhy && (
          <button type="button" className={records.link} onClick={onWhy}>
            {t('masked.ask')}
          </button>
        )}
      </span>
    </Tooltip>
  )
}
