// Public links to the forms of an entity: made with an expiry, printed as a code, counted, ended.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { App, Button, Drawer, Input, InputNumber, Select } from 'antd'
import { useState } from 'react'
import { createPortal } from 'react-dom'
import { useTranslation } from '../../i18n/useTranslation'
import '../../i18n/life'
import '../../parts/print.css'
import { api } from '../../api/client'
import { itemsOf } from '../../api/list'
import { call } from '../../api/problem'
import type { EntityDescriptor, FieldDescriptor, MadeLink, PublicLink, Wire } from '../../api/types'
import { isFillable } from '../../form/model/rules'
import { isFile, readInput, type Input as Typed } from '../../form/model/values'
import { formatDate } from '../../format/time'
import { label } from '../../i18n/label'
import { Badge } from '../../parts/Badge'
import { CopyButton } from '../../parts/CopyButton'
import { Refused, useWordsOf } from '../../parts/Refused'
import { Loaded } from '../../parts/States'
import styles from './Lists.module.css'
import { ValueInput } from './ValueInput'

const DAYS = [1, 7, 30, 90, 366]
const NOT_FIXED = new Set(['child_table', 'tree', 'sequence'])

const pictureOf = (svg: string) => `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`

/** The code on a page of its own: what is hung up at the machine. */
function PrintSheet({ link }: { link: MadeLink }) {
  const { t } = useTranslation('life')
  return createPortal(
    <div className="print-sheet" aria-hidden="true">
      <h1>{link.label}</h1>
      <img src={pictureOf(link.qr_svg)} alt="" />
      <p>{t('links.scan')}</p>
      <p>{t('links.until', { at: formatDate(link.expires_at) })}</p>
    </div>,
    document.body,
  )
}

function Made({ link, onClose }: { link: MadeLink; onClose: () => void }) {
  const { t } = useTranslation('life')
  return (
    <div className={styles.qr}>
      <h3>{t('links.made')}</h3>
      <p>{t('links.madeText')}</p>
      <img src={pictureOf(link.qr_svg)} alt={t('links.picture', { label: link.label })} />
      <p>
        <strong>{link.label}</strong> · {t('links.until', { at: formatDate(link.expires_at) })}
      </p>
      <code data-testid="link">{link.url}</code>
      <p className={styles.bar}>
        <Button type="primary" onClick={() => window.print()}>
          {t('print', { ns: 'common' })}
        </Button>
        <CopyButton text={link.url} />
        <Button onClick={onClose}>{t('close', { ns: 'common' })}</Button>
      </p>
      <PrintSheet link={link} />
    </div>
  )
}

interface FixedProps {
  readonly fields: readonly FieldDescriptor[]
  readonly fixed: Readonly<Record<string, Typed>>
  readonly onChange: (fixed: Record<string, Typed>) => void
}

function Fixed({ fields, fixed, onChange }: FixedProps) {
  const { t } = useTranslation('life')
  const free = fields.filter((field) => !(field.key in fixed))
  return (
    <div className={styles.form}>
      {Object.entries(fixed).map(([key, input]) => {
        const field = fields.find((one) => one.key === key)
        if (!field) return null
        const name = label(field.label, key)
        return (
          <div key={key} className={styles.change}>
            <span>{name}</span>
            <ValueInput id={`fixed-${key}`} field={field} input={input} onInput={(next) => onChange({ ...fixed, [key]: next })} label={name} />
            <Button
              type="text"
              aria-label={t('list.remove', { n: name })}
              onClick={() => onChange(Object.fromEntries(Object.entries(fixed).filter(([other]) => other !== key)))}
            >
              ✕
            </Button>
          </div>
        )
      })}
      {free.length > 0 && (
        <Select
          aria-label={t('links.fixedAdd')}
          placeholder={t('links.fixedAdd')}
          value={null}
          options={free.map((field) => ({ value: field.key, label: label(field.label, field.key) }))}
          onChange={(key: string | null) => key && onChange({ ...fixed, [key]: null })}
        />
      )}
    </div>
  )
}

function NewLink({ entity, form, onMade, onCancel }: { entity: EntityDescriptor; form: string; onMade: (link: MadeLink) => void; onCancel: () => void }) {
  const { t } = useTranslation('life')
  const client = useQueryClient()
  const fields = entity.fields.filter((field) => isFillable(field) && !NOT_FIXED.has(field.type) && !isFile(field.type))
  const [name, setName] = useState('')
  const [days, setDays] = useState(30)
  const [perMinute, setPerMinute] = useState<number | null>(null)
  const [most, setMost] = useState<number | null>(null)
  const [fixed, setFixed] = useState<Record<string, Typed>>({})
  const [isTried, setTried] = useState(false)
  const make = useMutation({
    mutationFn: () => {
      const values: Record<string, Wire> = {}
      for (const field of fields) {
        const reading = field.key in fixed ? readInput(field, fixed[field.key]) : null
        if (reading && 'wire' in reading && reading.wire !== null) values[field.key] = reading.wire
      }
      const limits = { ...(perMinute ? { per_minute: perMinute } : {}), ...(most ? { most } : {}) }
      return call(api.POST('/forms/{name}/links', { params: { path: { name: form } }, body: { label: name.trim(), days, fixed: values, ...limits } }))
    },
    onSuccess: (link) => {
      void client.invalidateQueries({ queryKey: ['links', form] })
      onMade(link)
    },
  })
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault()
        setTried(true)
        if (name.trim()) make.mutate()
      }}
    >
      <div className={styles.field}>
        <label htmlFor="link-label">{t('links.label')}</label>
        <Input
          id="link-label"
          autoFocus
          maxLength={200}
          value={name}
          onChange={(event) => setName(event.target.value)}
          placeholder={t('links.labelHint')}
          {...(isTried && !name.trim() ? { status: 'error' as const } : {})}
        />
        {isTried && !name.trim() && <p role="alert">{t('links.needLabel')}</p>}
      </div>
      <div className={styles.field}>
        <label htmlFor="link-days">{t('links.days')}</label>
        <Select id="link-days" value={days} onChange={setDays} options={DAYS.map((count) => ({ value: count, label: t('links.dayCount', { count }) }))} />
      </div>
      <div className={styles.field}>
        <label htmlFor="link-minute">{t('links.perMinute')}</label>
        <InputNumber id="link-minute" min={1} max={6000} precision={0} value={perMinute} onChange={setPerMinute} />
      </div>
      <div className={styles.field}>
        <label htmlFor="link-most">{t('links.most')}</label>
        <InputNumber id="link-most" min={1} max={1_000_000} precision={0} value={most} onChange={setMost} />
      </div>
      <div className={styles.field}>
        <span className={styles.name}>{t('links.fixed')}</span>
        <Fixed fields={fields} fixed={fixed} onChange={setFixed} />
      </div>
      <p className="small muted">{t('links.rate')}</p>
      <Refused error={make.error} />
      <p className={styles.bar}>
        <Button type="primary" htmlType="submit" loading={make.isPending}>
          {t('links.create')}
        </Button>
        <Button onClick={onCancel}>{t('cancel', { ns: 'common' })}</Button>
      </p>
    </form>
  )
}

/** How many records came in by a link; records keep who made them. */
function Received({ entity, link }: { entity: string; link: PublicLink }) {
  const { t } = useTranslation('life')
  const match = JSON.stringify([{ field: 'created_by', op: '=', value: `link:${link.uid}` }])
  const query = useQuery({
    queryKey: ['count', entity, link.uid],
    queryFn: () => call(api.GET('/entities/{name}/count', { params: { path: { name: entity }, query: { match } } })),
  })
  return query.data ? <span className="num">{t('links.count', { count: query.data.count })}</span> : null
}

function Line({ entity, link, onEnd }: { entity: string; link: PublicLink; onEnd: () => void }) {
  const { t } = useTranslation('life')
  const isOver = Date.parse(link.expires_at) < Date.now()
  const isLive = !link.revoked_at && !isOver
  return (
    <li>
      <div className={styles.what}>
        <p>
          {link.label} <Badge tone={isLive ? 'green' : 'grey'}>{isLive ? t('links.live') : link.revoked_at ? t('links.ended') : t('links.expired')}</Badge>
        </p>
        <p className="small muted num">
          <Received entity={entity} link={link} /> · {t('links.until', { at: formatDate(link.expires_at) })} · {t('links.by', { who: link.created_by })}
          {link.most !== null && <> · {t('links.ofMost', { count: link.sent, most: link.most })}</>}
          {link.per_minute !== null && <> · {t('links.atRate', { count: link.per_minute })}</>}
        </p>
      </div>
      {isLive && (
        <Button danger onClick={onEnd} aria-label={t('links.endOne', { name: link.label })}>
          {t('links.end')}
        </Button>
      )}
    </li>
  )
}

function useEnd(form: string) {
  const { t } = useTranslation('life')
  const { modal, message } = App.useApp()
  const client = useQueryClient()
  const words = useWordsOf()
  return (link: PublicLink) =>
    modal.confirm({
      title: t('links.endTitle', { name: link.label }),
      content: t('links.endText'),
      okText: t('links.end'),
      okButtonProps: { danger: true },
      onOk: () =>
        call(api.DELETE('/forms/{name}/links/{uid}', { params: { path: { name: form, uid: link.uid } } })).then(
          () => {
            void message.success(t('links.endedNow'))
            void client.invalidateQueries({ queryKey: ['links', form] })
          },
          (error: unknown) => void message.error(words(error)),
        ),
    })
}

function OfForm({ entity, form }: { entity: EntityDescriptor; form: string }) {
  const { t } = useTranslation('life')
  const [isMaking, setMaking] = useState(false)
  const [made, setMade] = useState<MadeLink | null>(null)
  const end = useEnd(form)
  const query = useQuery({ queryKey: ['links', form], queryFn: () => call(api.GET('/forms/{name}/links', { params: { path: { name: form } } })) })
  if (made) return <Made link={made} onClose={() => setMade(null)} />
  if (isMaking)
    return (
      <NewLink
        entity={entity}
        form={form}
        onCancel={() => setMaking(false)}
        onMade={(link) => {
          setMaking(false)
          setMade(link)
        }}
      />
    )
  return (
    <>
      <p>
        <Button type="primary" onClick={() => setMaking(true)}>
          {t('links.create')}
        </Button>
      </p>
      <Loaded query={query} rows={3}>
        {(page) =>
          itemsOf(page).length === 0 ? (
            <p className="muted">{t('links.empty')}</p>
          ) : (
            <ul className={styles.lines}>
              {itemsOf(page).map((link) => (
                <Line key={link.uid} entity={entity.name} link={link} onEnd={() => void end(link)} />
              ))}
            </ul>
          )
        }
      </Loaded>
    </>
  )
}

export default function Links({ entity, onClose }: { entity: EntityDescriptor; onClose: () => void }) {
  const { t } = useTranslation('life')
  const forms = entity.forms ?? []
  const [form, setForm] = useState(forms[0] ?? '')
  return (
    <Drawer open onClose={onClose} size={560} title={`${label(entity.label, entity.name)} · ${t('links.title')}`}>
      <div className={styles.form}>
        <p className="muted">{t('links.intro')}</p>
        {forms.length === 0 && <p>{t('links.noForm')}</p>}
        {forms.length > 1 && (
          <div className={styles.field}>
            <label htmlFor="links-form">{t('links.form')}</label>
            <Select id="links-form" value={form} onChange={setForm} options={forms.map((name) => ({ value: name, label: name }))} />
          </div>
        )}
        {form && <OfForm key={form} entity={entity} form={form} />}
      </div>
    </Drawer>
  )
}
