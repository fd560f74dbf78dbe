// What a person holds: the tasks that pass on, the accounts that close, the records that go on naming the person.
import { Link } from 'react-router'
import { useTranslation } from '../../i18n/useTranslation'
import type { Departure } from '../../api/types'
import { formatDateTime } from '../../format/time'
import { label } from '../../i18n/label'
import { writeDocument } from '../records/list'
import styles from './People.module.css'

/** The list of the records that name the person in one field. */
const listOf = (entity: string, field: string, uid: string) =>
  `/records/${entity}?${writeDocument({ match: [{ field, op: '=', value: uid }] }).toString()}`

export function Holdings({ departure }: { departure: Departure }) {
  const { t } = useTranslation('people')
  const { person, tasks, logins, owned } = departure
  return (
    <div className={styles.facts} data-testid="holdings">
      <div>
        <h4>{t('leaving.passes', { name: departure.successor?.display ?? '' })}</h4>
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
      <div>
        <h4>{t('leaving.logins')}</h4>
        <p>{logins.length ? <code>{logins.join(' · ')}</code> : <span className="muted">{t('leaving.noLogins')}</span>}</p>
      </div>
      <div>
        <h4>{owned.length ? t('leaving.stays') : t('leaving.nothingStays')}</h4>
        <ul>
          {owned.map((one) => (
            <li key={`${one.entity} ${one.field}`}>
              <Link to={listOf(one.entity, one.field, person.uid)} className="num">
                {t('leaving.owned', { entity: label(one.label, one.entity), field: label(one.field_label, one.field), count: one.count })}
              </Link>
            </li>
          ))}
        </ul>
      </div>
    </div>
  )
}
