// Forms that were begun and not sent, on this or another device.
import { useQuery } from '@tanstack/react-query'
import { Link } from 'react-router'
import { itemsOf } from '../../api/list'
import { draftsQuery } from '../../api/queries'
import type { DraftSummary } from '../../api/types'
import { formatDateTime } from '../../format/time'
import { label } from '../../i18n/label'
import { useTranslation } from '../../i18n/useTranslation'
import styles from './Work.module.css'

function Draft({ draft }: { draft: DraftSummary }) {
  const name = label(draft.label, draft.form)
  if (draft.task) return <Link to={`/tasks/${draft.task}`}>{name}</Link>
  if (draft.record) return <Link to={`/records/${draft.entity}/${draft.record}`}>{name}</Link>
  if (draft.form === draft.entity) return <Link to={`/records/${draft.entity}`}>{name}</Link>
  return <a href={`/fill/f/${draft.form}`}>{name}</a>
}

export function MyDrafts() {
  const { t } = useTranslation('work')
  const drafts = itemsOf(useQuery(draftsQuery).data)
  if (drafts.length === 0) return null
  return (
    <section className={styles.drafts} aria-label={t('drafts')}>
      <h2>{t('drafts')}</h2>
      <ul>
        {drafts.map((draft) => (
          <li key={draft.key}>
            <Draft draft={draft} /> <span className="small muted num">{formatDateTime(draft.at)}</span>
          </li>
        ))}
      </ul>
    </section>
  )
}
