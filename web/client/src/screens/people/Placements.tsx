// Where a person stood and stands: the assignments, newest first.
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from '../../i18n/useTranslation'
import '../../i18n/people'
import { itemsOf } from '../../api/list'
import { entitiesQuery, recordsQuery } from '../../api/queries'
import type { RecordItem } from '../../api/types'
import { Badge } from '../../parts/Badge'
import { Loaded } from '../../parts/States'
import lists from '../records/Lists.module.css'
import styles from './People.module.css'

const ASSIGNMENT = 'assignment'

function useSpan(): (placement: RecordItem) => string {
  const { t } = useTranslation('people')
  return ({ values }) => {
    const [from, to] = [values['from'], values['to']] as (string | null)[]
    if (from) return to ? t('leaving.span', { from, to }) : t('leaving.since', { from })
    return to ? t('leaving.until', { to }) : t('leaving.always')
  }
}

function Line({ placement }: { placement: RecordItem }) {
  const { t } = useTranslation('people')
  const span = useSpan()
  const named = placement.display_values ?? {}
  return (
    <li>
      <div className={lists.what}>
        <p>
          {[named['department'], named['position']].filter(Boolean).join(' · ')}{' '}
          {placement.values['main'] === true && <Badge tone="blue">{t('leaving.main')}</Badge>}
        </p>
        <p className="small muted num">{[span(placement), named['manager'] && t('leaving.under', { name: named['manager'] })].filter(Boolean).join(' · ')}</p>
      </div>
    </li>
  )
}

export function Placements({ person }: { person: RecordItem }) {
  const { t } = useTranslation('people')
  const listed = itemsOf(useQuery(entitiesQuery).data).find((one) => one.name === ASSIGNMENT)
  const match = JSON.stringify([{ field: 'person', op: '=', value: person.uid }])
  const query = useQuery({ ...recordsQuery(ASSIGNMENT, { match, sort: '-from' }), enabled: listed?.can['read'] === true })
  if (listed?.can['read'] !== true) return null
  return (
    <section className={styles.part} aria-labelledby="placements-title">
      <h3 id="placements-title">{t('leaving.placements')}</h3>
      <Loaded query={query} rows={2}>
        {(page) =>
          itemsOf(page).length === 0 ? (
            <p className="muted">{t('leaving.noPlacements')}</p>
          ) : (
            <ul className={lists.lines}>
              {itemsOf(page).map((placement) => (
                <Line key={placement.uid} placement={placement} />
              ))}
            </ul>
          )
        }
      </Loaded>
    </section>
  )
}
