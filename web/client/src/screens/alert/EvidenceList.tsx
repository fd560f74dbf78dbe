// What a rule saw, in order of time, each with its record.
import { Link } from 'react-router'
import type { Evidence } from '../../api/types'
import { formatDateTime } from '../../format/time'
import { label } from '../../i18n/label'
import styles from './Alert.module.css'

export function EvidenceList({ evidence }: { evidence: readonly Evidence[] }) {
  return (
    <ol className={styles.evidence}>
      {evidence.map((one, index) => (
        <li key={index}>
          <time className="num" dateTime={one.at}>
            {formatDateTime(one.at)}
          </time>
          {one.record_uid && one.entity ? (
            <Link to={`/records/${one.entity}/${one.record_uid}`}>{label(one.text)}</Link>
          ) : (
            <span>{label(one.text)}</span>
          )}
        </li>
      ))}
    </ol>
  )
}
