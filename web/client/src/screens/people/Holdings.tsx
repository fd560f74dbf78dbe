// What a person holds: tasks and records that pass on, accounts that close, records that go on naming the person.
import { Link } from 'react-router'
import { useTranslation } from '../../i18n/useTranslation'
import type { Departure, Owned } from '../../api/types'
import { formatDateTime } from '../../format/time'
import { label } from '../../i18n/label'
import { writeDocument } from '../records/list'
import styles from './People.module.css'

/** The list of the records that name the person in one field. */
const listOf = (entity: string, field: string, uid: string) =>
  `/records/${entity}?${writeDocument({ match: [{ field, op: '=', value: uid }] }).toString()}`

function OwnedList({ owned, person }: { owned: readonly Owned[]; person: string }) {
  const { t } = useTranslation('people')
  return (
    <ul>
      {owned.map((one) => (
        <li key={`${one.entity} ${one.field}`}>
          <Link to={listOf(one.entity, one.field, person)} className="num">
            {t('leaving.owned', { entity: label(one.label, one.entity), field: label(one.field_label, one.field), count: one.count })}
          </Link>
        </li>
      ))}
    </ul>
  )
}

export function Holdings({ departure }: { departure: Departure }) {
  const { t } = useTranslation('people')
  const { person, tasks, logins, owned } = departure
  const [goes, stays] = [owned.filter((one) => one.goes), owned.filter((one) => !one.goes)]
  const name = departure.successor?.display ?? ''
  return (
    <div className={styles.facts} data-testid="holdings">
      <div>
        <h4>{t('leaving.passes', { name })}</h4>
        {tasks.length === 0 ? (
          <p className="muted">{t('leaving.noTasks')}</p>
        ) : (
          <ul>
            {tasks.map((task) => (
              <li key={task.uid}>
                {label(task.title)}
                {task.due_at && <span className="small muted num"> · {t('leaving.due', { at: formatDateTime(task.due_at) })}</span>}
              </li>
            ))}
          </ul>
        )}
      </div>
      {goes.length > 0 && (
        <div data-testid="goes">
          <h4>{t('leaving.goes', { name })}</h4>
          <OwnedList owned={goes} person={person.uid} />
        </div>
      )}
      <div>
        <h4>{t('leaving.logins')}</h4>
        <p>{logins.length ? <code>{logins.join(' · ')}</code> : <span className="muted">{t('leaving.noLogins')}</span>}</p>
      </div>
      <div>
        <h4>{stays.length ? t('leaving.stays') : t('leaving.nothingStays')}</h4>
        <OwnedList owned={stays} person={person.uid} />
      </div>
    </div>
  )
}
