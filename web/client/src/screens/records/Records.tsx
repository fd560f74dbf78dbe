// Records of one entity: search, filter, sort, choose some, page on; a record opens in a drawer.
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from '../../i18n/useTranslation'
import '../../i18n/life'
import { Link, useNavigate, useParams, useSearchParams } from 'react-router'
import { api } from '../../api/client'
import { itemsOf, nextOf } from '../../api/list'
import { call } from '../../api/problem'
import { entitiesQuery, entityQuery } from '../../api/queries'
import type { Chosen, EntityDescriptor, ListDocument, Page as PageOf, RecordItem } from '../../api/types'
import { label } from '../../i18n/label'
import { Page } from '../../parts/Page'
import { Loaded, Nothing } from '../../parts/States'
import { useIsAdmin } from '../../shell/session'
import { chosenOf, compact, isNarrowed, queryOf, readDocument, writeDocument } from './list'
import lists from './Lists.module.css'
import { RecordDrawer } from './RecordDrawer'
import { RecordEditor } from './RecordEditor'
import { RecordTable } from './RecordTable'
import styles from './Records.module.css'
import { Toolbar } from './Toolbar'

const BulkEdit = lazy(() => import('./BulkEdit'))
const GroupTable = lazy(() => import('./GroupTable'))
const PAGE = 50
const EVERY = 'every'
type Selection = readonly string[] | typeof EVERY

function useRecords(name: string, document: ListDocument) {
  return useInfiniteQuery({
    queryKey: ['records', name, document],
    enabled: !document.group?.length,
    queryFn: ({ pageParam }) => {
      const columns = document.columns?.length ? { columns: document.columns.join(',') } : {}
      const query = { limit: PAGE, ...queryOf(document), ...columns, ...(pageParam ? { cursor: pageParam } : {}) }
      return call(api.GET('/entities/{name}/records', { params: { path: { name }, query } })) as Promise<PageOf<RecordItem>>
    },
    initialPageParam: '',
    getNextPageParam: (page) => nextOf(page),
    retry: false,
    placeholderData: (before) => before,
  })
}

interface BarProps {
  readonly entity: EntityDescriptor
  readonly document: ListDocument
  readonly selection: Selection
  readonly shown: readonly string[]
  readonly hasMore: boolean
  readonly onSelect: (selection: Selection) => void
}

/** What can be done with the chosen records. */
function SelectionBar({ entity, document, selection, shown, hasMore, onSelect }: BarProps) {
  const { t } = useTranslation('life')
  const [isEditing, setEditing] = useState(false)
  const isEvery = selection === EVERY
  const total = useQuery({
    queryKey: ['count', entity.name, chosenOf(document), 'chosen'],
    enabled: isEvery,
    queryFn: () => {
      const { sort: _, ...query } = queryOf(document)
      return call(api.GET('/entities/{name}/count', { params: { path: { name: entity.name }, query } }))
    },
  }).data?.count
  const count = isEvery ? (total ?? 0) : selection.length
  if (count === 0 && !isEvery) return null
  const chosen: Chosen = isEvery ? chosenOf(document) : { uids: [...selection] }
  return (
    <div className={lists.selection} role="region" aria-label={t('bulk.title')}>
      <p className="num">{isEvery ? `${t('list.allChosen')} · ${count}` : t('list.selected', { count })}</p>
      {!isEvery && count < shown.length && (
        <Button type="link" onClick={() => onSelect(shown)}>
          {t('list.selectAll')}
        </Button>
      )}
      {!isEvery && hasMore && (
        <Button type="link" onClick={() => onSelect(EVERY)}>
          {t('list.all')}
        </Button>
      )}
      <Button onClick={() => onSelect([])}>{t('list.unselect')}</Button>
      <Button type="primary" onClick={() => setEditing(true)}>
        {t('bulk.edit')}
      </Button>
      {isEditing && (
        <Suspense>
          <BulkEdit entity={entity} chosen={chosen} count={count} onClose={() => setEditing(false)} />
        </Suspense>
      )}
    </div>
  )
}

function Browser({ entity, openUid, canCreate }: { entity: EntityDescriptor; openUid: string | undefined; canCreate: boolean }) {
  const { t } = useTranslation('records')
  const navigate = useNavigate()
  const isAdmin = useIsAdmin()
  const [params, setParams] = useSearchParams()
  const document = readDocument(params)
  const [isCreating, setCreating] = useState(false)
  const [selection, setSelection] = useState<Selection>([])
  const query = useRecords(entity.name, document)
  const records = query.data?.pages.flatMap((page) => itemsOf(page)) ?? []
  const narrowed = isNarrowed(document)
  const setDocument = (next: ListDocument) => {
    setSelection([])
    setParams(writeDocument(compact(next)), { replace: true })
  }
  const go = (path: string) => void navigate({ pathname: path, search: params.toString() })
  const canChange = entity.can?.['update'] === true && !entity.log && !entity.system
  return (
    <Page
      wide
      title={label(entity.label, entity.name)}
      back={<Link to="/records">← {t('title')}</Link>}
      actions={
        <>
          {isAdmin && !entity.system && <Button onClick={() => void navigate(`/definitions/${entity.name}`)}>{t('structure')}</Button>}
          {canCreate && (
            <Button type="primary" onClick={() => setCreating(true)}>
              {t('create')}
            </Button>
          )}
        </>
      }
    >
      <Toolbar entity={entity} document={document} error={query.error} onDocument={setDocument} />
      {document.group?.length ? (
        <Suspense>
          <GroupTable entity={entity} document={document} onOpen={(tests) => setDocument({ ...document, group: [], measures: [], match: [...(document.match ?? []), ...tests] })} />
        </Suspense>
      ) : (
      <Loaded query={narrowed && query.error ? { ...query, data: query.data ?? { pages: [], pageParams: [] } } : query} rows={8}>
        {() =>
          records.length === 0 ? (
            <Nothing text={narrowed ? t('noMatches') : t('noRecords')}>
              {narrowed && <Button onClick={() => setDocument({ ...document, q: '', filter: '', match: [] })}>{t('clearFilter')}</Button>}
            </Nothing>
          ) : (
            <div className={query.isPlaceholderData ? styles.stale : ''}>
              <RecordTable
                entity={entity}
                records={records}
                sort={document.sort ?? ''}
                chosen={document.columns ?? []}
                onSort={(sort) => setDocument({ ...document, sort })}
                onOpen={(uid) => go(`/records/${entity.name}/${uid}`)}
                {...(canChange
                  ? { selected: selection === EVERY ? records.map((record) => record.uid) : selection, onSelect: setSelection }
                  : {})}
              />
              {query.hasNextPage && (
                <p className={styles.more}>
                  <Button loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
                    {t('loadMore', { ns: 'common' })}
                  </Button>
                </p>
              )}
            </div>
          )
        }
      </Loaded>
      )}
      {canChange && (
        <SelectionBar
          entity={entity}
          document={document}
          selection={selection}
          shown={records.map((record) => record.uid)}
          hasMore={query.hasNextPage}
          onSelect={setSelection}
        />
      )}
      {openUid && <RecordDrawer key={openUid} entity={entity} uid={openUid} onClose={() => go(`/records/${entity.name}`)} />}
      {isCreating && <RecordEditor entity={entity} record={null} onClose={() => setCreating(false)} />}
    </Page>
  )
}

export default function Records() {
  const { entity: name = '', uid } = useParams()
  const query = useQuery(entityQuery(name))
  const listed = itemsOf(useQuery(entitiesQuery).data).find((one) => one.name === name)
  return (
    <Loaded query={query} rows={8}>
      {(entity) => <Browser key={name} entity={entity} openUid={uid} canCreate={(entity.can ?? listed?.can)?.['create'] === true} />}
    </Loaded>
  )
}
