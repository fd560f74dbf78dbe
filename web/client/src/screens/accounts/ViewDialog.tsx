// Looking through the eyes of an account: the reason first, it is kept.
import { useMutation } from '@tanstack/react-query'
import { Input, Modal } from 'antd'
import { useState } from 'react'
import { useTranslation } from '../../i18n/useTranslation'
import '../../i18n/account'
import { Refused } from '../../parts/Refused'
import { useViewAs } from '../../shell/session'
import styles from '../account/Account.module.css'

export function ViewDialog({ login, onClose }: { login: string; onClose: () => void }) {
  const { t } = useTranslation('account')
  const [reason, setReason] = useState('')
  const [isTried, setTried] = useState(false)
  const viewAs = useViewAs()
  const begin = useMutation({ mutationFn: () => viewAs(login, reason.trim()) })
  const submit = () => {
    setTried(true)
    if (reason.trim()) begin.mutate()
  }
  return (
    <Modal
      open
      onCancel={onClose}
      title={t('accounts.viewTitle', { login })}
      okText={t('accounts.begin')}
      okButtonProps={{ loading: begin.isPending }}
      onOk={submit}
    >
      <div className={styles.form}>
        <p>{t('accounts.viewText')}</p>
        <div className={styles.field}>
          <label htmlFor="view-reason">{t('accounts.reason')}</label>
          <Input
            id="view-reason"
            value={reason}
            maxLength={500}
            autoFocus
            placeholder={t('accounts.reasonHint')}
            onChange={(event) => setReason(event.target.value)}
            onPressEnter={submit}
            {...(isTried && !reason.trim() ? { status: 'error' as const } : {})}
          />
        </div>
        {isTried && !reason.trim() && <p role="alert">{t('accounts.needReason')}</p>}
        <Refused error={begin.error} />
      </div>
    </Modal>
  )
}
