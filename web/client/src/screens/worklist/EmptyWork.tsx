// Nothing to do is good news, with a way on.
import { Button } from 'antd'
import { useTranslation } from '../../i18n/useTranslation'
import { useNavigate } from 'react-router'
import { Nothing } from '../../parts/States'

export function EmptyWork({ scope }: { scope: 'open' | 'done' }) {
  const { t } = useTranslation('work')
  const navigate = useNavigate()
  return (
    <Nothing text={scope === 'open' ? t('emptyOpen') : t('emptyDone')}>
      <Button type="primary" onClick={() => void navigate('/metrics')}>
        {t('emptyAction')}
      </Button>
    </Nothing>
  )
}
