// Why somebody may see and change a record: roles, their reach, the way through the organisation.
import { useQuery } from '@tanstack/react-query'
import { Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from '../../i18n/useTranslation'
import '../../i18n/life'
import { api } from '../../api/client'
import { itemsOf } from '../../api/list'
import { call } from '../../api/problem'
import { accountsQuery } from '../../api/queries'
import type { Access as AccessOf, AccessGrant, FieldAccess } from '../../api/types'
import { label } from '../../i18n/label'
import { Badge } from '../../parts/Badge'
import { Loaded } from '../../parts/States'
import { useIsAdmin } from '../../shell/session'
import styles from './Lists.module.css'

const ACTIONS = ['read', 'update', 'delete', 'export'] as const

function Grant({ grant }: { grant: AccessGrant }) {
  const { t } = useTranslation('life')
  const words = t('access.rows', { returnObjects: true }) as Record<string, string>
  const named = { role: label(grant.label, grant.role), rows: words[grant.rows] ?? grant.rows }
  return (
    <li className="small">
      <p className={grant.reaches ? '' : 'muted'}>{grant.reaches ? t('access.through', named) : t('access.notReach', named)}</p>
      {grant.path.length > 1 && <p className="muted">{t('access.path', { path: grant.path.join(' → ') })}</p>}
      {grant.formula && (
        <p className="muted">
          {t('access.formula', { formula: '' })}
          <code>{grant.formula}</code>
        </p>
      )}
    </li>
  )
}

function Actions({ access }: { access: AccessOf }) {
  const { t } = useTranslation('life')
  return (
    <ul className={styles.grants}>
      {ACTIONS.map((action) => {
        const found = access.actions[action]
        if (!found) return null
        return (
          <li key={action}>
            <p>
              <strong>{t(`access.actions.${action}`)}</strong>
              <Badge tone={found.allowed ? 'green' : 'red'}>{found.allowed ? t('access.yes') : t('access.no')}</Badge>
            </p>
            {!access.admin && (
              <ul>
                {found.grants.length === 0 && <li className="small muted">{t('access.noGrant')}</li>}
                {found.grants.map((grant, at) => (
                  <Grant key={at} grant={grant} />
                ))}
              </ul>
            )}
          </li>
        )
      })}
    </ul>
  )
}

function Field({ field }: { field: FieldAccess }) {
  const { t } = useTranslation('life')
  const roles = [...new Set(field.barred_by.map((one) => `${label(one.label, one.role)} (${one.role})`))].join('、')
  return (
    <tr>
      <td>{label(field.label, field.key)}</td>
      <td>
        <Badge tone={field.sees === 'shown' ? 'green' : field.sees === 'masked' ? 'amber' : 'red'}>{t(`access.sees.${field.sees}`)}</Badge>
        {field.sees !== 'shown' && roles && <span className="small muted"> {t('access.barred', { roles })}</span>}
      </td>
      <td className="small">{field.writes ? t('access.writes') : t('access.cannotWrite')}</td>
    </tr>
  )
}

export function Access({ entity, uid }: { entity: string; uid: string }) {
  const { t } = useTranslation('life')
  const isAdmin = useIsAdmin()
  const accounts = useQuery({ ...accountsQuery, enabled: isAdmin })
  const [login, setLogin] = useState('')
  const query = useQuery({
    queryKey: ['access', entity, uid, login],
    queryFn: () =>
      call(api.GET('/entities/{name}/records/{uid}/access', { params: { path: { name: entity, uid }, query: login ? { login } : {} } })),
  })
  return (
    <div className={styles.form}>
      {isAdmin ? (
        <div className={styles.field}>
          <label htmlFor="access-of">{t('access.other')}</label>
          <Select
            id="access-of"
            value={login}
            onChange={setLogin}
            showSearch={{ optionFilterProp: 'label' }}
            options={[{ value: '', label: t('access.self') }, ...itemsOf(accounts.data).map((one) => ({ value: one.login, label: one.login }))]}
          />
        </div>
      ) : (
        <p className="muted">{t('access.mine')}</p>
      )}
      <Loaded query={query} rows={5}>
        {(access) => (
          <>
            {access.admin && <p>{t('access.admin')}</p>}
            <Actions access={access} />
            {access.fields.length > 0 && (
              <table className={styles.grid}>
                <caption className="visually-hidden">{t('access.fields')}</caption>
                <tbody>
                  {access.fields.map((field) => (
                    <Field key={field.key} field={field} />
                  ))}
                </tbody>
              </table>
            )}
          </>
        )}
      </Loaded>
    </div>
  )
}
