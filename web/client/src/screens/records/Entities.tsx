// The kinds of record I may look at.
import { useQuery } from '@tanstack/react-query'
import { Input } from 'antd'
import { useState } from 'react'
import { useTranslation } from '../../i18n/useTranslation'
import { Link } from 'react-router'
import { itemsOf } from '../../api/list'
import { entitiesQuery } from '../../api/queries'
import { group } from '../../format/decimal'
import { label } from '../../i18n/label'
import { Page } from '../../parts/Page'
import { Loaded, Nothing } from '../../parts/States'
import styles from './Records.module.css'

export default function Entities() {
  const { t } = useTranslation('records')
  const query = useQuery(entitiesQuery)
  const [text, setText] = useState('')
  const entities = itemsOf(query.data)
  const found = entities.filter((entity) => `${label(entity.label)} ${entity.name}`.toLowerCase().includes(text.trim().toLowerCase()))
  return (
    <Page title={t('title')}>
      <Loaded query={query} rows={6}>
        {() =>
          entities.length === 0 ? (
            <Nothing text={t('empty')} />
          ) : (
            <>
              {entities.length > 8 && (
                <Input
                  allowClear
                  value={text}
                  onChange={(event) => setText(event.target.value)}
                  placeholder={t('find')}
                  aria-label={t('find')}
                  style={{ maxWidth: 320 }}
                />
              )}
              <ul className={styles.entities}>
                {found.map((entity) => (
                  <li key={entity.name}>
                    <Link to={`/records/${entity.name}`} className={`card ${styles.entity}`}>
                      <span className={styles.entityName}>{label(entity.label, entity.name)}</span>
                      <span className="small muted">
                        <code>{entity.name}</code>
                      </span>
                      {entity.count !== null && entity.count !== undefined && (
                        <span className="small muted num">{t('count', { count: group(String(entity.count)) as unknown as number })}</span>
                      )}
                    </Link>
                  </li>
                ))}
              </ul>
            </>
          )
        }
      </Loaded>
    </Page>
  )
}
