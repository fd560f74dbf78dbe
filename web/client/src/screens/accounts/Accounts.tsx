// Accounts for administrators: who can sign in with which roles, and looking through their eyes.
import { useQuery } from '@tanstack/react-query'
import { Button, Input } from 'antd'
import { useState } from 'react'
import { useTranslation } from '../../i18n/useTranslation'
import '../../i18n/account'
import { itemsOf } from '../../api/list'
import { accountsQuery } from '../../api/queries'
import type { ListedAccount } from '../../api/types'
import { Badge } from '../../parts/Badge'
import { Page } from '../../parts/Page'
import { Loaded, Nothing } from '../../parts/States'
import { useSession } from '../../shell/session'
import styles from '../account/Account.module.css'
import { ViewDialog } from './ViewDialog'

function Line({ account, isSelf, onView }: { account: ListedAccount; isSelf: boolean; onView: () => void }) {
  const { t } = useTranslation('account')
  return (
    <li>
      <div className={styles.what}>
        <p>
          <strong>{account.login}</strong>{' '}
          <Badge tone={account.active ? 'green' : 'grey'}>{account.active ? t('accounts.active') : t('accounts.inactive')}</Badge>
        </p>
        <p className="small muted">
          {account.roles.length ? <code>{account.roles.join(' · ')}</code> : t('accounts.noRoles')}
        </p>
      </div>
      {isSelf ? (
        <span className="small muted">{t('accounts.self')}</span>
      ) : (
        account.active && (
          <Button onClick={onView} aria-label={t('accounts.viewTitle', { login: account.login })}>
            {t('accounts.view')}
          </Button>
        )
      )}
    </li>
  )
}

export default function Accounts() {
  const { t } = useTranslation('account')
  const query = useQuery(accountsQuery)
  const mine = useSession().data?.account.login
  const [text, setText] = useState('')
  const [viewing, setViewing] = useState<string | null>(null)
  const wanted = text.trim().toLowerCase()
  return (
    <Page title={t('accounts.title')} lead={t('accounts.intro')}>
      <Loaded query={query} rows={6}>
        {(page) => {
          const found = itemsOf(page).filter((one) => `${one.login} ${one.roles.join(' ')}`.toLowerCase().includes(wanted))
          return (
            <>
              <Input
                allowClear
                value={text}
                onChange={(event) => setText(event.target.value)}
                placeholder={t('accounts.find')}
                aria-label={t('accounts.find')}
                style={{ maxWidth: 360 }}
              />
              {found.length === 0 ? (
                <Nothing text={text ? t('accounts.none') : t('accounts.empty')} />
              ) : (
                <div className={`card ${styles.block}`}>
                  <ul className={styles.lines}>
                    {found.map((account) => (
                      <Line key={account.uid} account={account} isSelf={account.login === mine} onView={() => setViewing(account.login)} />
                    ))}
                  </ul>
                </div>
              )}
            </>
          )
        }}
      </Loaded>
      {viewing !== null && <ViewDialog login={viewing} onClose={() => setViewing(null)} />}
    </Page>
  )
}
