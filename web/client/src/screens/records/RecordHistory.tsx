// The history of a record: who changed what, when, from where.
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { App, Button } from 'antd'
import { useTranslation } from '../../i18n/useTranslation'
import '../../i18n/life'
import { api } from '../../api/client'
import { itemsOf } from '../../api/list'
import { call } from '../../api/problem'
import { historyQuery } from '../../api/queries'
import type { EntityDescriptor, FieldDescriptor } from '../../api/types'
import { formatDateTime } from '../../format/time'
import { label } from '../../i18n/label'
import { Badge, OriginBadge } from '../../parts/Badge'
import { useWordsOf } from '../../parts/Refused'
import { Loaded } from '../../parts/States'
import { showValue } from '../../parts/value'
import { rowsOf, stepsOf, type FieldChange } from './history'
import { Masked } from './Masked'
import styles from './Records.module.css'

/** The rows of a child table that are other, new or gone, cell by cell. */
function RowLines({ field, change }: { field: FieldDescriptor; change: FieldChange }) {
  const { t } = useTranslation('form')
  return (
    <ul className={styles.rowChanges}>
      {rowsOf(field, change).map((row, at) => (
        <li key={at}>
          <span className="small muted num">{t('row', { n: row.number })}</span>
          {row.cells.map((cell) => (
            <span key={cell.key} className={styles.cellChange}>
              <span className={styles.changeName}>{label(field.columns?.find((one) => one.key === cell.key)?.label, cell.key)}</span>
              {cell.before !== null && <del className={styles.old}>{cell.before}</del>}
              {cell.after !== null && <ins className={styles.new}>{cell.after}</ins>}
            </span>
          ))}
        </li>
      ))}
    </ul>
  )
}

interface LineProps {
  readonly entity: EntityDescriptor
  readonly change: FieldChange
  readonly isNew: boolean
}

function ChangeLine({ entity, change, isNew }: LineProps) {
  const field = entity.fields.find((one) => one.key === change.key)
  const style = field ?? { type: 'text' }
  if (field?.masked)
    return (
      <li>
        <span className={styles.changeName}>{label(field.label, change.key)}</span>
        <Masked />
      </li>
    )
  if (field && change.rows && !isNew)
    return (
      <li>
        <span className={styles.changeName}>{label(field.label, change.key)}</span>
        <RowLines field={field} change={change} />
      </li>
    )
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

interface Props {
  readonly entity: EntityDescriptor
  readonly uid: string
  /** The version seen now, on top of which an older one is restored. */
  readonly current: number | null
  readonly canRestore: boolean
}

function useRestore(entity: string, uid: string, current: number | null) {
  const { t } = useTranslation('life')
  const { modal, message } = App.useApp()
  const client = useQueryClient()
  const words = useWordsOf()
  return (version: number) =>
    modal.confirm({
      title: t('history.restoreTitle', { n: version }),
      content: t('history.restoreText', { n: version }),
      okText: t('history.restore'),
      onOk: () =>
        call(
          api.POST('/entities/{name}/records/{uid}/restore', {
            params: { path: { name: entity, uid } },
            body: { version, ...(current === null ? {} : { base_version: current }) },
          }),
        ).then(
          () => {
            void message.success(t('history.restored', { n: version }))
            for (const root of ['records', 'record', 'history']) void client.invalidateQueries({ queryKey: [root, entity] })
          },
          (error: unknown) => void message.error(words(error)),
        ),
    })
}

export function RecordHistory({ entity, uid, current, canRestore }: Props) {
  const { t: life } = useTranslation('life')
  const restore = useRestore(entity.name, uid, current)
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
                {step.version.version === current ? (
                  <Badge>{life('history.current')}</Badge>
                ) : (
                  canRestore &&
                  step.kind !== 'removed' && (
                    <Button size="small" onClick={() => void restore(step.version.version)} aria-label={`${life('history.restore')} ${step.version.version}`}>
                      {life('history.restore')}
                    </Button>
                  )
                )}
              </p>
              {step.kind !== 'removed' && (
                <ul className={styles.changes}>
                  {step.changes.length === 0 && <li className="muted">{t('noChange')}</li>}
                  {step.changes
                    .filter((change) => step.kind !== 'created' || (change.after.values[change.key] ?? null) !== null)
                    .map((change) => (
                      <ChangeLine key={change.key} entity={entity} change={change} isNew={step.kind === 'created'} />
                    ))}
                  {Object.entries(step.version.left_behind ?? {}).map(([key, reason]) => (
                    <li key={key} className="small muted">
                      {reason}
                    </li>
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
