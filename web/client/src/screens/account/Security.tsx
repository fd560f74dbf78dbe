// A person's own security page: password, one-time codes, sessions, keys, who looked at them, and all that is recorded.
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from '../../i18n/useTranslation'
import '../../i18n/account'
import { api } from '../../api/client'
import { itemsOf } from '../../api/list'
import { call } from '../../api/problem'
import { formatDateTime } from '../../format/time'
import { label } from '../../i18n/label'
import { Page } from '../../parts/Page'
import { Loaded } from '../../parts/States'
import styles from './Account.module.css'
import { Keys } from './Keys'
import { OwnData } from './OwnData'
import { Password } from './Password'
import { SecondFactorCard } from './SecondFactorCard'
import { Sessions } from './Sessions'

function Viewings() {
  const { t } = useTranslation('account')
  const query = useQuery({ queryKey: ['me', 'views'], queryFn: () => call(api.GET('/me/views')) })
  return (
    <section className={`card ${styles.block}`} aria-labelledby="views-title">
      <h2 id="views-title">{t('views.title')}</h2>
      <Loaded query={query} rows={2}>
        {(page) =>
          itemsOf(page).length === 0 ? (
            <p className="muted">{t('views.empty')}</p>
          ) : (
            <ul className={styles.lines}>
              {itemsOf(page)
                .slice(0, 20)
                .map((one, index) => (
                  <li key={index}>
                    <span className={styles.what}>{t('views.line', { who: one.by, what: label(one.label, one.entity) })}</span>
                    <span className="small muted num">{formatDateTime(one.at)}</span>
                  </li>
                ))}
            </ul>
          )
        }
      </Loaded>
    </section>
  )
}

export default function Security() {
  const { t } = useTranslation('account')
  return (
    <Page title={t('title')}>
      <SecondFactorCard />
      <Sessions />
      <Keys />
      <Password />
      <Viewings />
      <OwnData />
    </Page>
  )
}
