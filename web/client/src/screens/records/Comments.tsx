// What is said about a record; `@` names colleagues, who are told.
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import { App, Button, Mentions } from 'antd'
import { useEffect, useState, type ReactNode } from 'react'
import { useTranslation } from '../../i18n/useTranslation'
import '../../i18n/life'
import { api } from '../../api/client'
import { itemsOf, nextOf } from '../../api/list'
import { call } from '../../api/problem'
import type { LookupItem, Remark } from '../../api/types'
import { lookup } from '../../form/lookup'
import { formatDateTime } from '../../format/time'
import { Refused, useWordsOf } from '../../parts/Refused'
import { Loaded } from '../../parts/States'
import styles from './Lists.module.css'
import { mentionedIn, partsOf } from './mentions'

const PERSON = { key: 'person', type: 'person', label: 'person' }

interface WritingProps {
  readonly start: string
  readonly known: readonly LookupItem[]
  readonly words: string
  readonly isBusy: boolean
  readonly onSend: (body: string, people: readonly LookupItem[]) => void
  readonly extra?: ReactNode
}

function Writing({ start, known, words, isBusy, onSend, extra }: WritingProps) {
  const { t } = useTranslation('life')
  const [body, setBody] = useState(start)
  const [asked, setAsked] = useState<string | null>(null)
  const [found, setFound] = useState<readonly LookupItem[]>([])
  const [people, setPeople] = useState<readonly LookupItem[]>(known)
  useEffect(() => {
    if (asked === null) return
    let isOver = false
    const timer = setTimeout(() => void lookup(PERSON, asked).then((items) => !isOver && setFound(items)), 200)
    return () => {
      isOver = true
      clearTimeout(timer)
    }
  }, [asked])
  return (
    <div className={styles.form}>
      <Mentions
        rows={3}
        value={body}
        onChange={setBody}
        onSearch={(text) => setAsked(text)}
        onSelect={(option) => {
          // the list writes an id of its own behind the key
          const chosen = found.find((one) => (option.key ?? '').startsWith(one.uid))
          if (chosen) setPeople([...people, chosen])
        }}
        options={found.map((one) => ({ key: one.uid, value: one.display, label: one.display }))}
        notFoundContent={t('noMatch', { ns: 'form' })}
        placeholder={t('comments.hint')}
        aria-label={t('comments.hint')}
      />
      <p className={styles.bar}>
        <Button type="primary" disabled={!body.trim()} loading={isBusy} onClick={() => onSend(body.trim(), mentionedIn(body, people))}>
          {words}
        </Button>
        {extra}
      </p>
    </div>
  )
}

function Said({ remark }: { remark: Remark }) {
  return (
    <p className={styles.said}>
      {partsOf(remark.body, remark.mentions).map((part, at) =>
        part.isName ? (
          <span key={at} className={styles.mention}>
            {part.text}
          </span>
        ) : (
          part.text
        ),
      )}
    </p>
  )
}

function Line({ remark, onDone }: { remark: Remark; onDone: () => void }) {
  const { t } = useTranslation('life')
  const { modal, message } = App.useApp()
  const words = useWordsOf()
  const [isEditing, setEditing] = useState(false)
  const edit = useMutation({
    mutationFn: ({ body, people }: { body: string; people: readonly LookupItem[] }) =>
      call(api.PATCH('/comments/{uid}', { params: { path: { uid: remark.uid } }, body: { body, mentions: people.map((one) => one.uid) } })),
    onSuccess: () => {
      setEditing(false)
      onDone()
    },
  })
  const withdraw = () =>
    modal.confirm({
      title: t('comments.withdrawTitle'),
      okText: t('comments.withdraw'),
      okButtonProps: { danger: true },
      onOk: () =>
        call(api.DELETE('/comments/{uid}', { params: { path: { uid: remark.uid } } })).then(onDone, (error: unknown) => void message.error(words(error))),
    })
  return (
    <li className={styles.remark}>
      <p>
        <strong>{remark.author_name}</strong> <span className="small muted num">{formatDateTime(remark.at)}</span>
        {remark.edited_at && <span className="small muted"> · {t('comments.edited')}</span>}
        {remark.mine && !isEditing && (
          <>
            <Button type="link" size="small" onClick={() => setEditing(true)}>
              {t('comments.edit')}
            </Button>
            <Button type="link" size="small" onClick={() => void withdraw()}>
              {t('comments.withdraw')}
            </Button>
          </>
        )}
      </p>
      {isEditing ? (
        <>
          <Writing
            start={remark.body}
            known={remark.mentions}
            words={t('save', { ns: 'common' })}
            isBusy={edit.isPending}
            onSend={(body, people) => edit.mutate({ body, people })}
            extra={<Button onClick={() => setEditing(false)}>{t('cancel', { ns: 'common' })}</Button>}
          />
          <Refused error={edit.error} />
        </>
      ) : (
        <Said remark={remark} />
      )}
    </li>
  )
}

export function Comments({ entity, uid }: { entity: string; uid: string }) {
  const { t } = useTranslation('life')
  const { message } = App.useApp()
  const client = useQueryClient()
  const [round, setRound] = useState(0)
  const key = ['comments', entity, uid]
  const path = { name: entity, uid }
  const query = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam }) =>
      call(api.GET('/entities/{name}/records/{uid}/comments', { params: { path, query: pageParam ? { cursor: pageParam } : {} } })),
    initialPageParam: '',
    getNextPageParam: (page) => nextOf(page),
  })
  const refresh = () => void client.invalidateQueries({ queryKey: key })
  const say = useMutation({
    mutationFn: ({ body, people }: { body: string; people: readonly LookupItem[] }) =>
      call(api.POST('/entities/{name}/records/{uid}/comments', { params: { path }, body: { body, mentions: people.map((one) => one.uid) } })),
    onSuccess: (said, { people }) => {
      const told = (said as Remark & { told?: string[] }).told ?? []
      const missed = people.filter((one) => !told.includes(one.uid)).map((one) => one.display)
      if (missed.length) void message.warning(t('comments.notTold', { names: missed.join('、') }))
      else void message.success(told.length ? t('comments.told', { count: told.length }) : t('comments.sent'))
      setRound(round + 1)
      refresh()
    },
  })
  return (
    <div className={styles.form}>
      <Loaded query={query}>
        {(data) => {
          const remarks = data.pages.flatMap((page) => itemsOf(page))
          return remarks.length === 0 ? (
            <p className="muted">{t('comments.empty')}</p>
          ) : (
            <ul>
              {remarks.map((remark) => (
                <Line key={remark.uid} remark={remark} onDone={refresh} />
              ))}
            </ul>
          )
        }}
      </Loaded>
      {query.hasNextPage && <Button onClick={() => void query.fetchNextPage()}>{t('comments.more')}</Button>}
      <Writing key={round} start="" known={[]} words={t('comments.send')} isBusy={say.isPending} onSend={(body, people) => say.mutate({ body, people })} />
      <Refused error={say.error} />
    </div>
  )
}
