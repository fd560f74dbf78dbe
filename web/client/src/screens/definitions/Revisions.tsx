// What was published, the newest first; going back to an earlier state with all data kept.
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { App, Button } from 'antd'
import { useTranslation } from '../../i18n/useTranslation'
import { api } from '../../api/client'
import { itemsOf } from '../../api/list'
import { call } from '../../api/problem'
import { formatDateTime } from '../../format/time'
import { Badge } from '../../parts/Badge'
import { useWordsOf } from '../../parts/Refused'
import { Loaded } from '../../parts/States'
import styles from './Definitions.module.css'
import { revisionsQuery } from './queries'

export function Revisions() {
  const { t } = useTranslation('change')
  const { modal, message } = App.useApp()
  const client = useQueryClient()
  const words = useWordsOf()
  const query = useQuery(revisionsQuery)
  const goBack = (n: number) =>
    modal.confirm({
      title: t('revisions.backTitle', { n }),
      content: t('revisions.backText', { n }),
      okText: t('revisions.back'),
      onOk: () =>
        call(api.POST('/definitions/rollback', { body: { revision: n } })).then(
          () => {
            void message.success(t('revisions.done', { n }))
            void client.invalidateQueries({ predicate: (one) => one.queryKey[0] !== 'session' })
          },
          (error: unknown) => void message.error(words(error), 8),
        ),
    })
  return (
    <section className={`card ${styles.block}`}>
      <Loaded query={query} rows={4}>
        {(page) => (
          <ul className={styles.lines}>
            {itemsOf(page).map((one, at) => (
              <li key={one.revision}>
                <div className={styles.what}>
                  <p>
                    {t('revisions.line', { n: one.revision })} {at === 0 && <Badge tone="green">{t('revisions.current')}</Badge>}
                  </p>
                  <p className="small muted num">{[one.author, formatDateTime(one.at), one.note].filter(Boolean).join(' · ')}</p>
                </div>
                {at > 0 && (
                  <Button onClick={() => void goBack(one.revision)} aria-label={`${t('revisions.back')} ${one.revision}`}>
                    {t('revisions.back')}
                  </Button>
                )}
              </li>
            ))}
          </ul>
        )}
      </Loaded>
    </section>
  )
}
