// Everybody's drafts: choose, see what they would do, publish them together, or drop them.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { App, Button, Checkbox, Modal } from 'antd'
import { useState } from 'react'
import { useTranslation } from '../../i18n/useTranslation'
import { api } from '../../api/client'
import { itemsOf } from '../../api/list'
import { call } from '../../api/problem'
import type { Draft, Published } from '../../api/types'
import { Badge } from '../../parts/Badge'
import { Refused, useWordsOf } from '../../parts/Refused'
import { Loaded, Nothing } from '../../parts/States'
import styles from './Definitions.module.css'
import { useNames } from './names'
import { PlanView } from './PlanView'
import { draftsQuery } from './queries'

const nameOf = (draft: Draft) => `${draft.kind} ${draft.name}`

function useDrop() {
  const { t } = useTranslation('change')
  const { modal, message } = App.useApp()
  const client = useQueryClient()
  const words = useWordsOf()
  return (draft: Draft) =>
    modal.confirm({
      title: t('drafts.dropTitle', { name: draft.name }),
      content: t('drafts.dropText'),
      okText: t('drafts.drop'),
      okButtonProps: { danger: true },
      onOk: () =>
        call(api.DELETE('/definitions/drafts/{kind}/{name}', { params: { path: { kind: draft.kind, name: draft.name } } })).then(
          () => {
            void message.success(t('drafts.dropped'))
            void client.invalidateQueries({ queryKey: draftsQuery.queryKey })
          },
          (error: unknown) => void message.error(words(error)),
        ),
    })
}

function Outcome({ published, onChanges, onClose }: { published: Published; onChanges: () => void; onClose: () => void }) {
  const { t } = useTranslation('change')
  return (
    <div className={styles.plan} role="status">
      <p>{published.waiting ? t('plan.waiting') : t('plan.done', { revision: published.revision })}</p>
      <p className={styles.bar}>
        {published.waiting ? (
          <Button type="primary" onClick={onChanges}>
            {t('plan.toChanges')}
          </Button>
        ) : (
          <Button type="primary" onClick={onClose}>
            {t('close', { ns: 'common' })}
          </Button>
        )}
      </p>
    </div>
  )
}

export function Drafts({ onChanges }: { onChanges: () => void }) {
  const { t } = useTranslation('change')
  const { definitionName } = useNames()
  const query = useQuery(draftsQuery)
  const drop = useDrop()
  const [left, setLeft] = useState<readonly string[]>([]) // those not to be published
  const [published, setPublished] = useState<Published | null>(null)
  const drafts = itemsOf(query.data)
  const names = drafts.map(nameOf).filter((name) => !left.includes(name))
  const plan = useMutation({ mutationFn: () => call(api.POST('/definitions/drafts/plan', { body: { names } })) })
  const close = () => {
    plan.reset()
    setPublished(null)
  }
  return (
    <section className={`card ${styles.block}`}>
      <Loaded query={query} rows={3}>
        {() =>
          drafts.length === 0 ? (
            <Nothing text={t('drafts.empty')} />
          ) : (
            <>
              <ul className={styles.lines}>
                {drafts.map((draft) => {
                  const name = nameOf(draft)
                  return (
                    <li key={name}>
                      <Checkbox
                        checked={!left.includes(name)}
                        onChange={(event) => setLeft(event.target.checked ? left.filter((one) => one !== name) : [...left, name])}
                        aria-label={t('drafts.choose', { name: draft.name })}
                      />
                      <div className={styles.what}>
                        <p>
                          {definitionName(name)} {draft.document === null && <Badge tone="red">{t('drafts.removes')}</Badge>}
                        </p>
                        <p className="small muted">{t('drafts.by', { who: draft.editor, revision: draft.base_revision })}</p>
                      </div>
                      <Button onClick={() => void drop(draft)} aria-label={t('drafts.dropOne', { name: draft.name })}>
                        {t('drafts.drop')}
                      </Button>
                    </li>
                  )
                })}
              </ul>
              <Refused error={plan.error} />
              <p className={styles.bar}>
                <Button type="primary" disabled={names.length === 0} loading={plan.isPending} onClick={() => plan.mutate()}>
                  {t('drafts.plan')}
                </Button>
                {names.length === 0 && <span className="small muted">{t('drafts.none')}</span>}
              </p>
            </>
          )
        }
      </Loaded>
      {(plan.data ?? published) && (
        <Modal open onCancel={close} footer={null} width={720} mask={{ closable: false }} title={t('plan.title')}>
          {published ? (
            <Outcome
              published={published}
              onClose={close}
              onChanges={() => {
                close()
                onChanges()
              }}
            />
          ) : (
            plan.data && <PlanView impact={plan.data} names={names} onPublished={setPublished} onCancel={close} />
          )}
        </Modal>
      )}
    </section>
  )
}
