// My long works, newest first; one opens with its progress and what can still be done with it.
import { useQuery } from '@tanstack/react-query'
import { Button, Drawer } from 'antd'
import { useState } from 'react'
import { useTranslation } from '../../i18n/useTranslation'
import '../../i18n/life'
import { api } from '../../api/client'
import { itemsOf } from '../../api/list'
import { call } from '../../api/problem'
import { entitiesQuery } from '../../api/queries'
import type { LongWork } from '../../api/types'
import { formatDateTime } from '../../format/time'
import { label } from '../../i18n/label'
import { Loaded, Nothing } from '../../parts/States'
import styles from './Lists.module.css'
import { WorkProgress } from './WorkProgress'

export default function Works({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation('life')
  const query = useQuery({ queryKey: ['works'], queryFn: () => call(api.GET('/work')), refetchInterval: 3_000 })
  const entities = itemsOf(useQuery(entitiesQuery).data)
  const [open, setOpen] = useState<LongWork | null>(null)
  const nameOf = (work: LongWork) => {
    const kinds = t('work.kinds', { returnObjects: true }) as Record<string, string>
    return `${kinds[work.kind] ?? work.kind} · ${label(entities.find((one) => one.name === work.entity)?.label, work.entity)}`
  }
  return (
    <Drawer open onClose={onClose} size={560} title={t('work.title')}>
      {open ? (
        <div className={styles.form}>
          <p>
            <Button type="link" onClick={() => setOpen(null)}>
              ← {t('work.title')}
            </Button>
          </p>
          <h3>{nameOf(open)}</h3>
          <WorkProgress key={open.uid} first={open} onNext={setOpen} />
        </div>
      ) : (
        <Loaded query={query} rows={4}>
          {(page) =>
            itemsOf(page).length === 0 ? (
              <Nothing text={t('work.none')} />
            ) : (
              <ul className={styles.lines}>
                {itemsOf(page).map((work) => (
                  <li key={work.uid}>
                    <div className={styles.what}>
                      <p>{nameOf(work)}</p>
                      <p className="small muted num">
                        {formatDateTime(work.at)} · {t(`work.states.${work.state}`)} · {t('work.progress', { done: work.done, total: work.total })}
                      </p>
                    </div>
                    <Button onClick={() => setOpen(work)}>{t('open', { ns: 'common' })}</Button>
                  </li>
                ))}
              </ul>
            )
          }
        </Loaded>
      )}
    </Drawer>
  )
}
