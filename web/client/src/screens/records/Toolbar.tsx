// Above a list: search, conditions, saved views, and what else can be done with its records.
import { useQuery } from '@tanstack/react-query'
import { Badge, Button, Dropdown, Input } from 'antd'
import { lazy, Suspense, useEffect, useState } from 'react'
import { useTranslation } from '../../i18n/useTranslation'
import '../../i18n/life'
import { api } from '../../api/client'
import { call } from '../../api/problem'
import type { EntityDescriptor, ListDocument } from '../../api/types'
import { group } from '../../format/decimal'
import { useIsAdmin } from '../../shell/session'
import { FilterBar } from './FilterBar'
import { chosenOf, compact, isNarrowed, queryOf } from './list'
import styles from './Lists.module.css'
import { Views } from './Views'

const Conditions = lazy(() => import('./Conditions').then((module) => ({ default: module.Conditions })))
const Shape = lazy(() => import('./Shape').then((module) => ({ default: module.Shape })))
const ImportDialog = lazy(() => import('./ImportDialog'))
const ExportDialog = lazy(() => import('./ExportDialog'))
const Trash = lazy(() => import('./Trash'))
const Links = lazy(() => import('./Links'))
const Works = lazy(() => import('./Works'))

type Tool = 'import' | 'export' | 'trash' | 'links' | 'works'
const MOST = 10_000

interface Props {
  readonly entity: EntityDescriptor
  readonly document: ListDocument
  readonly error: unknown
  readonly onDocument: (document: ListDocument) => void
}

function useTools(entity: EntityDescriptor): { key: Tool; label: string }[] {
  const { t } = useTranslation('life')
  const isAdmin = useIsAdmin()
  const can = entity.can ?? {}
  const isOurs = !entity.system
  return [
    ...(can['create'] && isOurs ? [{ key: 'import' as const, label: t('imports.open') }] : []),
    ...(can['export'] ? [{ key: 'export' as const, label: t('exports.open') }] : []),
    ...(can['delete'] && isOurs && !entity.log ? [{ key: 'trash' as const, label: t('trash.title') }] : []),
    ...(isAdmin && entity.forms?.length ? [{ key: 'links' as const, label: t('links.open') }] : []),
    { key: 'works', label: t('work.open') },
  ]
}

function Total({ entity, document }: { entity: string; document: ListDocument }) {
  const { t } = useTranslation('life')
  const { sort: _, ...query } = queryOf(document)
  const found = useQuery({
    queryKey: ['count', entity, chosenOf(document)],
    queryFn: () => call(api.GET('/entities/{name}/count', { params: { path: { name: entity }, query: { ...query, most: MOST } } })),
    retry: false,
  }).data
  if (!found) return null
  const count = group(String(found.count)) as unknown as number
  return (
    <span className="muted num" role="status">
      {found.exact ? t('list.total', { count }) : t('list.totalMore', { count })}
    </span>
  )
}

function Opened({ tool, entity, document, onClose }: { tool: Tool; entity: EntityDescriptor; document: ListDocument; onClose: () => void }) {
  if (tool === 'import') return <ImportDialog entity={entity} onClose={onClose} />
  if (tool === 'export') return <ExportDialog entity={entity} document={document} onClose={onClose} />
  if (tool === 'trash') return <Trash entity={entity} onClose={onClose} />
  if (tool === 'links') return <Links entity={entity} onClose={onClose} />
  return <Works onClose={onClose} />
}

export function Toolbar({ entity, document, error, onDocument }: Props) {
  const { t } = useTranslation('life')
  const tools = useTools(entity)
  const [text, setText] = useState(document.q ?? '')
  const [isOpen, setOpen] = useState(Boolean(document.match?.length ?? document.filter))
  const [isShaping, setShaping] = useState(false)
  const [tool, setTool] = useState<Tool | null>(null)
  useEffect(() => setText(document.q ?? ''), [document.q])
  const change = (part: ListDocument) => {
    onDocument(compact({ ...document, ...part }))
  }
  const conditions = (document.match?.length ?? 0) + (document.filter ? 1 : 0)
  return (
    <>
      <div className={styles.bar}>
        <Input.Search
          allowClear
          className={styles.search ?? ''}
          value={text}
          onChange={(event) => setText(event.target.value)}
          onSearch={(value) => change({ q: value.trim() })}
          placeholder={t('list.searchHint')}
          aria-label={t('list.search')}
          maxLength={200}
        />
        <Badge count={conditions} size="small" color="var(--primary)">
          <Button onClick={() => setOpen(!isOpen)} aria-expanded={isOpen}>
            {t('list.filter')}
          </Button>
        </Badge>
        <Badge dot={Boolean(document.columns ?? document.group)} color="var(--primary)">
          <Button onClick={() => setShaping(!isShaping)} aria-expanded={isShaping}>
            {t('shape.open')}
          </Button>
        </Badge>
        <Views entity={entity} document={document} onChoose={onDocument} />
        <Dropdown trigger={['click']} menu={{ items: tools, onClick: ({ key }) => setTool(key as Tool) }}>
          <Button>
            {t('list.more')} <span aria-hidden="true">▾</span>
          </Button>
        </Dropdown>
        {isNarrowed(document) && (
          <Button type="link" onClick={() => change({ q: '', filter: '', match: [] })}>
            {t('list.clear')}
          </Button>
        )}
        <Total entity={entity.name} document={document} />
      </div>
      {isShaping && (
        <div className={`card ${styles.panel}`}>
          <Suspense>
            <Shape entity={entity} document={document} onShape={change} />
          </Suspense>
        </div>
      )}
      {isOpen && (
        <div className={`card ${styles.panel}`}>
          <Suspense>
            <Conditions
              key={JSON.stringify(document.match ?? [])}
              entity={entity}
              match={document.match ?? []}
              onMatch={(match) => change({ match })}
            />
          </Suspense>
          <div className={styles.field}>
            <span className={styles.name}>{t('list.formula')}</span>
            <FilterBar filter={document.filter ?? ''} onFilter={(filter) => change({ filter })} error={document.filter ? error : null} />
          </div>
        </div>
      )}
      {tool && (
        <Suspense>
          <Opened tool={tool} entity={entity} document={document} onClose={() => setTool(null)} />
        </Suspense>
      )}
    </>
  )
}
