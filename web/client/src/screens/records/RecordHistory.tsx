// The history of a record: who changed what, when, from where.
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from '../../i18n/useTranslation'
import { itemsOf } from '../../api/list'
import { historyQuery } from '../../api/queries'
import type { EntityDescriptor } from '../../api/types'
import { formatDateTime } from '../../format/time'
import { label } from '../../i18n/label'
import { Badge, OriginBadge } from '../../parts/Badge'
import { Loaded } from '../../parts/States'
import { showValue } from '../../parts/value'
import { stepsOf, type FieldChange } from './history'
import styles from './Records.module.css'

interface LineProps {
  readonly entity: EntityDescriptor
  readonly change: FieldChange
  readonly isNew: boolean
}

function ChangeLine({ entity, change, isNew }: LineProps) {
  const field = entity.fields.find((one) => one.key === change.key)
  const style = field ?? { type: 'text' }
  const show = (version: FieldChange['after']) => showValue(version.values[change.key], style, version.display_values?.[change.key])
  return (
    <li>
      <span className={styles.changeName}>{label(field?.label, change.key)}</span>
      {!isNew && change.before && <del className={styles.old}>{show(change.before)}</del>}
      {!isNew && <span aria-hidden="true">→</span>}
      <ins className={styles.new}>{show(change.after)}</ins>
    </li>
  )
}

export function RecordHistory({ entity, uid }: { entity: EntityDescriptor; uid: string }) {
  const { t } = useTranslation('records')
  const query = useQuery(historyQuery(entity.name, uid))
  return (
    <Loaded query={query}>
      {(page) => (
        <ol className={styles.history}>
          {stepsOf(itemsOf(page)).map((step) => (
            <li key={step.version.version}>
              <p className={styles.stepHead}>
                <strong>{t('version', { n: step.version.version })}</strong>
                <Badge tone={step.kind === 'created' ? 'green' : step.kind === 'removed' ? 'red' : 'blue'}>{t(step.kind)}</Badge>
                <span className="small muted num">{formatDateTime(step.version.at, 'seconds')}</span>
                {step.version.by && !step.version.by.startsWith('source:') && <span className="small muted">{t('by', { who: step.version.by })}</span>}
                {step.version.origin && <OriginBadge origin={step.version.origin} />}
              </p>
              {step.kind !== 'removed' && (
                <ul className={styles.changes}>
                  {step.changes.length === 0 && <li className="muted">{t('noChange')}</li>}
                  {step.changes
                    .filter((change) => step.kind !== 'created' || (change.after.values[change.key] ?? null) !== null)
                    .map((change) => (
                      <ChangeLine key={change.key} entity={entity} change={change} isNew={step.kind === 'created'} />
                    ))}
                </ul>
              )}
            </li>
          ))}
        </ol>
      )}
    </Loaded>
  )
}
