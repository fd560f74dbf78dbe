// Field rights of one role: each grant with its fields, a record seen through it, and a draft of it all.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { App, Button, Select } from 'antd'
import { useState } from 'react'
import { Link, useParams } from 'react-router'
import { useTranslation } from '../../i18n/useTranslation'
import '../../i18n/change'
import '../../i18n/roles'
import { api } from '../../api/client'
import { itemsOf } from '../../api/list'
import { call } from '../../api/problem'
import { accountsQuery, entitiesQuery, entityQuery, recordsQuery } from '../../api/queries'
import type { EntitySummary } from '../../api/types'
import { label } from '../../i18n/label'
import { wordOf } from '../../parts/Badge'
import { Page } from '../../parts/Page'
import { Refused } from '../../parts/Refused'
import { Loaded, NotFound } from '../../parts/States'
import { useUnsaved } from '../../parts/useUnsaved'
import { ViewDialog } from '../accounts/ViewDialog'
import styles from '../definitions/Definitions.module.css'
import { draftsQuery } from '../definitions/queries'
import { FieldRights } from './FieldRights'
import { useRoles, type KnownRole } from './queries'
import { fullName, SIGHTS, withGrant, withNewFields, type GrantDocument, type RoleDocument, type Sight } from './rights'

function useGrantName(pack: string, entities: readonly EntitySummary[]) {
  const { t } = useTranslation('roles')
  const names = entities.map((one) => one.name)
  return (grant: GrantDocument) => {
    const entity = fullName(pack, grant.entity, names)
    const actions = grant.actions.map((one) => wordOf(t('actions', { returnObjects: true }), one)).join('、')
    return {
      entity,
      words: t('grantLine', { entity: label(entities.find((one) => one.name === entity)?.label, entity), rows: wordOf(t('rows', { returnObjects: true }), grant.rows), actions }),
    }
  }
}

/** One grant with its fields and a record to look at. */
function Grant({ entity, grant, onGrant }: { entity: string; grant: GrantDocument; onGrant: (grant: GrantDocument) => void }) {
  const { t } = useTranslation('roles')
  const query = useQuery(entityQuery(entity))
  const records = itemsOf(useQuery({ ...recordsQuery(entity, { limit: 20 }), refetchInterval: false }).data)
  const [uid, setUid] = useState<string | null>(null)
  const sample = records.find((one) => one.uid === uid) ?? records[0]
  return (
    <Loaded query={query} rows={6}>
      {(found) => (
        <>
          <div className={styles.row}>
            <div className={styles.field}>
              <label htmlFor="role-sample">{t('sample')}</label>
              {sample ? (
                <Select
                  id="role-sample"
                  value={sample.uid}
                  onChange={setUid}
                  showSearch={{ optionFilterProp: 'label' }}
                  options={records.map((one) => ({ value: one.uid, label: one.display || one.uid }))}
                />
              ) : (
                <p className="muted">{t('noSample')}</p>
              )}
            </div>
            <div className={styles.field}>
              <label htmlFor="role-new">{t('newFields')}</label>
              <Select
                id="role-new"
                value={grant.new_fields ?? 'shown'}
                onChange={(sight: Sight) => onGrant(withNewFields(grant, sight, found.fields.map((field) => field.key)))}
                options={SIGHTS.map((one) => ({ value: one, label: t(`sights.${one}`) }))}
              />
              <p className="small muted">{t('newFieldsNote')}</p>
            </div>
          </div>
          <FieldRights grant={grant} fields={found.fields} sample={sample} onGrant={onGrant} />
          <p className="small muted">{t('sampleNote')}</p>
        </>
      )}
    </Loaded>
  )
}

function Holders({ role }: { role: string }) {
  const { t } = useTranslation('roles')
  const { t: account } = useTranslation('account')
  const query = useQuery(accountsQuery)
  const [viewing, setViewing] = useState<string | null>(null)
  return (
    <section className={`card ${styles.block}`} aria-labelledby="holders-title">
      <h2 id="holders-title">{t('holders')}</h2>
      <Loaded query={query} rows={2}>
        {(page) => {
          const holders = itemsOf(page).filter((one) => one.active && one.roles.includes(role))
          if (holders.length === 0) return <p className="muted">{t('noHolders')}</p>
          return (
            <ul className={styles.lines}>
              {holders.slice(0, 20).map((one) => (
                <li key={one.uid}>
                  <span className={styles.what}>{one.login}</span>
                  <Button onClick={() => setViewing(one.login)} aria-label={account('accounts.viewTitle', { login: one.login })}>
                    {account('accounts.view')}
                  </Button>
                </li>
              ))}
            </ul>
          )
        }}
      </Loaded>
      {viewing !== null && <ViewDialog login={viewing} onClose={() => setViewing(null)} />}
    </section>
  )
}

function useSave(role: KnownRole) {
  const { t } = useTranslation('roles')
  const { message } = App.useApp()
  const client = useQueryClient()
  return useMutation({
    mutationFn: (document: RoleDocument) =>
      call(
        api.PUT('/definitions/drafts/{kind}/{name}', {
          params: { path: { kind: 'role', name: role.name } },
          body: { document: document as Record<string, unknown>, version: role.draftVersion },
        }),
      ),
    onSuccess: () => {
      void message.success(t('saved'))
      return client.invalidateQueries({ queryKey: draftsQuery.queryKey })
    },
  })
}

function Editor({ role }: { role: KnownRole }) {
  const { t } = useTranslation('roles')
  const { t: change } = useTranslation('change')
  const pack = role.name.slice(0, role.name.lastIndexOf('.'))
  const nameOf = useGrantName(pack, itemsOf(useQuery(entitiesQuery).data))
  const [document, setDocument] = useState(role.document)
  const [at, setAt] = useState(0)
  const save = useSave(role)
  const grant = document.grants[at]
  useUnsaved(document !== role.document)
  return (
    <Page
      title={t('title', { name: label(document.label, role.name) })}
      back={<Link to="/definitions?tab=roles">← {t('tab')}</Link>}
      lead={document.admin ? t('admin') : t('intro')}
      actions={
        <>
          {role.draftVersion > 0 && <Link to="/definitions">{`${t('hasDraft')} · ${change('structure.toDrafts')}`}</Link>}
          <Button type="primary" disabled={document === role.document} loading={save.isPending} onClick={() => save.mutate(document)}>
            {t('save')}
          </Button>
        </>
      }
    >
      <Refused error={save.error} />
      <section className={`card ${styles.block}`}>
        {grant ? (
          <>
            <div className={styles.field}>
              <label htmlFor="role-grant">{t('grant')}</label>
              <Select id="role-grant" value={at} onChange={setAt} options={document.grants.map((one, index) => ({ value: index, label: nameOf(one).words }))} />
            </div>
            <Grant
              key={`${at} ${nameOf(grant).entity}`}
              entity={nameOf(grant).entity}
              grant={grant}
              onGrant={(next) => setDocument(withGrant(document, at, next))}
            />
          </>
        ) : (
          <p className="muted">{t('noGrants')}</p>
        )}
      </section>
      <Holders role={role.name} />
    </Page>
  )
}

export default function RoleRights() {
  const name = useParams()['role'] ?? ''
  const query = useRoles()
  const entities = useQuery(entitiesQuery) // names of grants are found among them
  return (
    <Loaded query={entities.data ? query : { ...query, data: undefined }} rows={8}>
      {(roles) => {
        const role = roles.find((one) => one.name === name)
        return role ? <Editor key={`${name} ${role.draftVersion}`} role={role} /> : <NotFound />
      }}
    </Loaded>
  )
}
