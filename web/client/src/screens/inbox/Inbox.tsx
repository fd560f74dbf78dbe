// Messages the application has sent to me.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import { useEffect } from 'react'
import { useTranslation } from '../../i18n/useTranslation'
import { Link, useNavigate, useParams } from 'react-router'
import { api } from '../../api/client'
import { itemsOf } from '../../api/list'
import { call } from '../../api/problem'
import { noticesQuery } from '../../api/queries'
import type { Notice } from '../../api/types'
import { formatDateTime, formatShort } from '../../format/time'
import { label } from '../../i18n/label'
import { MasterDetail, useTitle } from '../../parts/Page'
import { Loaded, Nothing } from '../../parts/States'
import styles from './Inbox.module.css'

function NoticeBody({ notice }: { notice: Notice }) {
  const { t } = useTranslation('desk')
  const navigate = useNavigate()
  return (
    <article className={styles.body}>
      <Button type="link" className={styles.back} onClick={() => void navigate('/inbox')}>
        ← {t('inbox.title')}
      </Button>
      <h2 className={styles.title}>{label(notice.subject)}</h2>
      <p className="muted num">{formatDateTime(notice.at)}</p>
      <div className={styles.text}>{label(notice.body)}</div>
      <p className={styles.links}>{notice.link?.startsWith('/') && <Link to={notice.link}>{t('inbox.open')}</Link>}</p>
    </article>
  )
}

export default function Inbox() {
  const { t } = useTranslation('desk')
  useTitle(t('inbox.title'))
  const { uid } = useParams()
  const client = useQueryClient()
  const query = useQuery(noticesQuery)
  const notices = itemsOf(query.data)
  const chosen = notices.find((notice) => notice.uid === uid)
  const read = useMutation({
    mutationFn: (one: string) => call(api.POST('/notices/{uid}/read', { params: { path: { uid: one } } })),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ['notices'] })
      void client.invalidateQueries({ queryKey: ['summary'] })
    },
  })
  const unreadUid = chosen && !chosen.read_at ? chosen.uid : null
  const markRead = read.mutate
  useEffect(() => {
    if (unreadUid) markRead(unreadUid)
  }, [unreadUid, markRead])

  return (
    <MasterDetail
      label={t('inbox.title')}
      isDetail={chosen !== undefined}
      detail={chosen ? <NoticeBody notice={chosen} /> : notices.length > 0 && <Nothing text={t('inbox.choose')} />}
      list={
        <>
          <h1 className={styles.head}>{t('inbox.title')}</h1>
          <Loaded query={query}>
            {() =>
              notices.length === 0 ? (
                <Nothing text={t('inbox.empty')} />
              ) : (
                <ul>
                  {notices.map((notice) => (
                    <li key={notice.uid}>
                      <Link
                        to={`/inbox/${notice.uid}`}
                        className={`${styles.entry} ${notice.uid === uid ? styles.chosen : ''}`}
                        aria-current={notice.uid === uid || undefined}
                      >
                        <span className={`${styles.subject} ${notice.read_at ? '' : styles.unread}`}>
                          {!notice.read_at && <span className="visually-hidden">{t('inbox.unread')} </span>}
                          {label(notice.subject)}
                        </span>
                        <span className="small muted num">{formatShort(notice.at)}</span>
                      </Link>
                    </li>
                  ))}
                </ul>
              )
            }
          </Loaded>
        </>
      }
    />
  )
}
