// Rows a source sent that did not fit, each with the reason and its content.
import { useQuery } from '@tanstack/react-query'
import { Drawer } from 'antd'
import { useTranslation } from '../../i18n/useTranslation'
import { itemsOf } from '../../api/list'
import { rejectsQuery } from '../../api/queries'
import type { Source } from '../../api/types'
import { formatDateTime } from '../../format/time'
import { label } from '../../i18n/label'
import { Loaded, Nothing } from '../../parts/States'
import styles from './Sources.module.css'

export function RejectsDrawer({ source, onClose }: { source: Source; onClose: () => void }) {
  const { t } = useTranslation('admin')
  const query = useQuery(rejectsQuery(source.name))
  return (
    <Drawer open onClose={onClose} size={640} title={`${label(source.label, source.name)} · ${t('sources.rejects')}`}>
      <Loaded query={query}>
        {(page) => {
          const rejects = itemsOf(page)
          if (rejects.length === 0) return <Nothing text={t('sources.noRejects')} />
          return (
            <ul className={styles.rejects}>
              {rejects.map((reject, index) => (
                <li key={reject.uid ?? index}>
                  <p>
                    <strong>{label(reject.message) || reject.code}</strong>
                  </p>
                  <p className="small muted num">
                    {formatDateTime(reject.at, 'seconds')}
                    {reject.stream && ` · ${t('sources.stream')} ${reject.stream}`} · <code>{reject.code}</code>
                  </p>
                  {reject.row !== undefined && <pre className={styles.raw}>{JSON.stringify(reject.row, null, 1)}</pre>}
                </li>
              ))}
            </ul>
          )
        }}
      </Loaded>
    </Drawer>
  )
}
