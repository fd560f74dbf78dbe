// The fields of a kind of record: types, where each is used, and changing one as a draft.
import { useQuery } from '@tanstack/react-query'
import { Button, Drawer } from 'antd'
import { useState } from 'react'
import { Link, useParams } from 'react-router'
import { useTranslation } from '../../i18n/useTranslation'
import '../../i18n/change'
import '../../i18n/people'
import { api } from '../../api/client'
import { itemsOf } from '../../api/list'
import { call } from '../../api/problem'
import { entityQuery } from '../../api/queries'
import type { EntityDescriptor, FieldDescriptor } from '../../api/types'
import { label } from '../../i18n/label'
import { Badge } from '../../parts/Badge'
import { Page } from '../../parts/Page'
import { Loaded } from '../../parts/States'
import styles from './Definitions.module.css'
import { documentOf, type EntityDocument } from './document'
import { FieldDialog } from './FieldDialog'
import { FormerFields } from './FormerFields'
import { FormFiles } from './FormFiles'
import { useNames } from './names'
import { NewField } from './NewField'
import { draftsQuery, filesQuery } from './queries'
import { UniqueKeys } from './UniqueKeys'

function Uses({ entity, field, onClose }: { entity: string; field: FieldDescriptor; onClose: () => void }) {
  const { t } = useTranslation('change')
  const { kindName } = useNames()
  const query = useQuery({
    queryKey: ['definitions', 'used-in', entity, field.key],
    queryFn: () => call(api.GET('/definitions/used-in', { params: { query: { entity, field: field.key } } })),
  })
  return (
    <Drawer open onClose={onClose} size={480} title={t('structure.usesOf', { name: label(field.label, field.key) })}>
      <Loaded query={query}>
        {(found) =>
          found.items.length === 0 ? (
            <p className="muted">{t('structure.noUses')}</p>
          ) : (
            <ul className={styles.lines}>
              {found.items.map((use, at) => (
                <li key={at}>
                  <Badge>{kindName(use.kind)}</Badge>
                  <div className={styles.what}>
                    <p>
                      <code>{use.name}</code>
                    </p>
                    <p className="small muted">
                      <code>{use.pointer}</code>
                    </p>
                  </div>
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </Drawer>
  )
}

/** What data about a person is kept for. */
function Kept({ privacy }: { privacy: NonNullable<FieldDescriptor['privacy']> }) {
  const { t } = useTranslation('people')
  const days = privacy.retain_days
  return (
    <p className="small">
      <Badge tone={privacy.class === 'sensitive' ? 'red' : 'amber'}>{t(`privacy.${privacy.class}`)}</Badge>{' '}
      <span className="muted num">{[t('privacy.purpose', { text: label(privacy.purpose) }), days && t('privacy.retain', { count: days })].filter(Boolean).join(' · ')}</span>
    </p>
  )
}

interface LineProps {
  readonly field: FieldDescriptor
  readonly onUses: () => void
  readonly onEdit: (() => void) | null
}

function Line({ field, onUses, onEdit }: LineProps) {
  const { t } = useTranslation('change')
  const { typeName } = useNames()
  const name = label(field.label, field.key)
  return (
    <li>
      <div className={styles.what}>
        <p>
          <strong>{name}</strong> <code className="small muted">{field.key}</code>
        </p>
        <p className="small muted">
          {[typeName(field.type), field.required && t('structure.required'), field.computed && t('structure.computed')].filter(Boolean).join(' · ')}
        </p>
        {field.privacy && <Kept privacy={field.privacy} />}
      </div>
      <Button onClick={onUses} aria-label={t('structure.usesOf', { name })}>
        {t('structure.uses')}
      </Button>
      {onEdit && (
        <Button onClick={onEdit} aria-label={t('structure.editOne', { name })}>
          {t('structure.edit')}
        </Button>
      )}
    </li>
  )
}

function Fields({ entity }: { entity: EntityDescriptor }) {
  const { t } = useTranslation('change')
  const files = useQuery(filesQuery)
  const drafts = useQuery(draftsQuery)
  const [used, setUsed] = useState<FieldDescriptor | null>(null)
  const [edited, setEdited] = useState<FieldDescriptor | null>(null)
  const [isAdding, setAdding] = useState(false)
  const { typeName } = useNames()
  const draft = itemsOf(drafts.data).find((one) => one.kind === 'entity' && one.name === entity.name)
  const published = files.data ? documentOf(files.data.files, entity.name) : null
  const document = (draft?.document as EntityDocument | null | undefined) ?? published
  const canEdit = (field: FieldDescriptor) => document !== null && !field.computed && (document.fields ?? []).some((one) => one.key === field.key)
  const at = document && { entity: entity.name, document, version: draft?.version ?? 0 }
  const isNew = (key: string) => !entity.fields.some((one) => one.key === key)
  return (
    <Page
      title={t('structure.title', { name: label(entity.label, entity.name) })}
      back={<Link to={`/records/${entity.name}`}>← {t('structure.toRecords')}</Link>}
      lead={files.data && !published ? t('structure.noFile') : <code>{entity.name}</code>}
      actions={
        <>
          <Link to="/definitions">{draft ? `${t('structure.hasDraft')} · ${t('structure.toDrafts')}` : t('structure.toDrafts')}</Link>
          {at && (
            <Button type="primary" onClick={() => setAdding(true)}>
              {t('structure.add')}
            </Button>
          )}
        </>
      }
    >
      <section className={`card ${styles.block}`}>
        <ul className={styles.lines}>
          {entity.fields.map((field) => (
            <Line key={field.key} field={field} onUses={() => setUsed(field)} onEdit={canEdit(field) ? () => setEdited(field) : null} />
          ))}
          {(document?.fields ?? []).filter((field) => isNew(field.key)).map((field) => (
            <li key={field.key}>
              <div className={styles.what}>
                <p>
                  <strong>{label(field.label, field.key)}</strong> <code className="small muted">{field.key}</code> <Badge tone="blue">{t('structure.unpublished')}</Badge>
                </p>
                <p className="small muted">{typeName(field.type)}</p>
              </div>
            </li>
          ))}
        </ul>
      </section>
      {at && <UniqueKeys {...at} />}
      {at && <FormerFields {...at} />}
      {(entity.forms?.length ?? 0) > 0 && <FormFiles forms={entity.forms ?? []} />}
      {used && <Uses entity={entity.name} field={used} onClose={() => setUsed(null)} />}
      {edited && at && <FieldDialog {...at} field={edited.key} onClose={() => setEdited(null)} />}
      {isAdding && at && <NewField {...at} onClose={() => setAdding(false)} />}
    </Page>
  )
}

export default function Structure() {
  const name = useParams()['entity'] ?? ''
  const query = useQuery(entityQuery(name))
  return (
    <Loaded query={query} rows={8}>
      {(entity) => <Fields key={name} entity={entity as EntityDescriptor} />}
    </Loaded>
  )
}
