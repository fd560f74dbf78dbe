// The roles there are, each with the way to its field rights.
import { Link } from 'react-router'
import { useTranslation } from '../../i18n/useTranslation'
import '../../i18n/roles'
import { label } from '../../i18n/label'
import { Badge } from '../../parts/Badge'
import { Loaded, Nothing } from '../../parts/States'
import styles from '../definitions/Definitions.module.css'
import { useRoles } from './queries'

export default function Roles() {
  const { t } = useTranslation('roles')
  const query = useRoles()
  return (
    <section className={`card ${styles.block}`}>
      <Loaded query={query} rows={4}>
        {(roles) =>
          roles.length === 0 ? (
            <Nothing text={t('empty')} />
          ) : (
            <ul className={styles.lines}>
              {roles.map(({ name, document, draftVersion }) => (
                <li key={name}>
                  <div className={styles.what}>
                    <p>
                      <strong>{label(document.label, name)}</strong> <code className="small muted">{name}</code>{' '}
                      {draftVersion > 0 && <Badge tone="amber">{t('hasDraft')}</Badge>}
                    </p>
                    <p className="small muted num">{t('count', { count: document.grants.length })}</p>
                  </div>
                  <Link to={`/definitions/roles/${name}`} aria-label={t('editOf', { name: label(document.label, name) })}>
                    {t('edit')}
                  </Link>
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </section>
  )
}
