// Records of one entity: filter, sort, page on; a record opens in a drawer.
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from '../../i18n/useTranslation'
import { Link, useNavigate, useParams } from 'react-router'
import { api } from '../../api/client'
import { itemsOf, nextOf } from '../../api/list'
import { call } from '../../api/problem'
import { entitiesQuery, entityQuery } from '../../api/queries'
import type { EntityDescriptor, Page as PageOf, RecordItem } from '../../api/types'
import { label } from '../../i18n/label'
import { Page } from '../../parts/Page'
import { Loaded, Nothing } from '../../parts/States'
import { FilterBar } from './FilterBar'
import { RecordDrawer } from './RecordDrawer'
import { RecordEditor } from './RecordEditor'
import { RecordTable } from './RecordTable'
import styles from './Records.module.css'

const PAGE = 50

function useRecords(name: string, filter: string, sort: string) {
  return useInfiniteQuery({
    queryKey: ['records', name, filter, sort],
    queryFn: ({ pageParam }) => {
      const query = { limit: PAGE, ...(filter ? { filter } : {}), ...(sort ? { sort } : {}), ...(pageParam ? { cursor: pageParam } : {}) }
      return call(api.GET('/entities/{name}/records', { params: { path: { name }, query } })) as Promise<PageOf<RecordItem>>
    },
    initialPageParam: '',
    getNextPageParam: (page) => nextOf(page),
    retry: false,
    placeholderData: (before) => before,
  })
}

function Browser({ entity, openUid, canCreate }: { entity: EntityDescriptor; openUid: string | undefined; canCreate: boolean }) {
  const { t } = useTranslation('records')
  const navigate = useNavigate()
  const [filter, setFilter] = useState('')
  const [sort, setSort] = useState('')
  const [isCreating, setCreating] = useState(false)
  const query = useRecords(entity.name, filter, sort)
  const records = query.data?.pages.flatMap((page) => itemsOf(page)) ?? []
  return (
    <Page
      wide
      title={label(entity.label, entity.name)}
      back={<Link to="/records">← {t('title')}</Link>}
      actions={
        canCreate && (
          <Button type="primary" onClick={() => setCreating(true)}>
            {t('create')}
          </Button>
        )
      }
    >
      <FilterBar filter={filter} onFilter={setFilter} error={filter ? query.error : null} />
      <Loaded query={filter && query.error ? { ...query, data: query.data ?? { pages: [], pageParams: [] } } : query} rows={8}>
        {() =>
          records.length === 0 ? (
            <Nothing text={filter ? t('noMatches') : t('noRecords')}>
              {filter && <Button onClick={() => setFilter('')}>{t('clearFilter')}</Button>}
            </Nothing>
          ) : (
            <div className={query.isPlaceholderData ? styles.stale : ''}>
              <RecordTable
                entity={entity}
                records={records}
                sort={sort}
                onSort={setSort}
                onOpen={(uid) => void navigate(`/records/${entity.name}/${uid}`)}
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
      {openUid && <RecordDrawer key={openUid} entity={entity} uid={openUid} onClose={() => void navigate(`/records/${entity.name}`)} />}
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
