// A new key: name, how long, what it may do; then its value, this once.
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Button, Checkbox, Input, Modal, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from '../../i18n/useTranslation'
import { api } from '../../api/client'
import { call } from '../../api/problem'
import { CopyButton } from '../../parts/CopyButton'
import { Refused } from '../../parts/Refused'
import styles from './Account.module.css'
import { EVERYTHING, nounsOf, useNouns } from './scopes'

const DAYS = [7, 30, 90, 180, 366]

interface ScopesProps {
  readonly scopes: readonly string[]
  readonly chosen: readonly string[]
  readonly onChange: (scopes: string[]) => void
}

function Scopes({ scopes, chosen, onChange }: ScopesProps) {
  const { t } = useTranslation('account')
  const nounOf = useNouns()
  const tick = (scope: string, words: string, name: string) => (
    <Checkbox
      key={scope}
      checked={chosen.includes(scope)}
      onChange={(event) => onChange(event.target.checked ? [...chosen, scope] : chosen.filter((one) => one !== scope))}
      aria-label={`${name} ${words}`}
    >
      {words}
    </Checkbox>
  )
  return (
    <ul className={styles.scopes}>
      {[...nounsOf(scopes)].map(([noun, verbs]) => {
        const { name, hint } = nounOf(noun)
        return (
          <li key={noun}>
            <div>
              <p>{name}</p>
              <p className="small muted">{hint}</p>
            </div>
            <div className={styles.ticks}>
              {verbs.map((verb) => tick(`${noun}:${verb}`, verb === 'read' ? t('keys.read') : t('keys.write'), name))}
            </div>
          </li>
        )
      })}
      {scopes.includes(EVERYTHING) && (
        <li>
          <div>
            <p>{t('keys.all')}</p>
            <p className="small muted">{t('keys.allHint')}</p>
          </div>
          <div className={styles.ticks}>{tick(EVERYTHING, t('yes', { ns: 'common' }), t('keys.all'))}</div>
        </li>
      )}
    </ul>
  )
}

export function NewKey({ scopes, onClose }: { scopes: readonly string[]; onClose: () => void }) {
  const { t } = useTranslation('account')
  const client = useQueryClient()
  const [name, setName] = useState('')
  const [days, setDays] = useState(90)
  const [chosen, setChosen] = useState<string[]>([])
  const [isTried, setTried] = useState(false)
  const make = useMutation({
    mutationFn: () => call(api.POST('/me/keys', { body: { label: name.trim(), scopes: chosen, days } })),
    onSuccess: () => void client.invalidateQueries({ queryKey: ['me', 'keys'] }),
  })
  const lacks = !name.trim() ? t('keys.needName') : chosen.length === 0 ? t('keys.needScope') : null
  if (make.data)
    return (
      <Modal
        open
        onCancel={onClose}
        mask={{ closable: false }}
        title={t('keys.madeTitle')}
        footer={<Button onClick={onClose}>{t('close', { ns: 'common' })}</Button>}
      >
        <div className={styles.form}>
          <p>{t('keys.made')}</p>
          <code className={styles.value} data-testid="key">
            {make.data.key}
          </code>
          <p>
            <CopyButton text={make.data.key} primary />
          </p>
        </div>
      </Modal>
    )
  return (
    <Modal
      open
      onCancel={onClose}
      mask={{ closable: false }}
      title={t('keys.create')}
      okText={t('keys.create')}
      okButtonProps={{ loading: make.isPending }}
      onOk={() => {
        setTried(true)
        if (!lacks) make.mutate()
      }}
    >
      <div className={styles.form}>
        {isTried && lacks && (
          <p role="alert" className={styles.actions}>
            {lacks}
          </p>
        )}
        <Refused error={make.error} />
        <div className={styles.field}>
          <label htmlFor="key-name">{t('keys.name')}</label>
          <Input
            id="key-name"
            value={name}
            maxLength={100}
            onChange={(event) => setName(event.target.value)}
            placeholder={t('keys.nameHint')}
            {...(isTried && !name.trim() ? { status: 'error' as const } : {})}
          />
        </div>
        <div className={styles.field}>
          <label htmlFor="key-days">{t('keys.days')}</label>
          <Select id="key-days" value={days} onChange={setDays} options={DAYS.map((count) => ({ value: count, label: t('keys.dayCount', { count }) }))} />
        </div>
        <div className={styles.field}>
          <span>{t('keys.scopes')}</span>
          <Scopes scopes={scopes} chosen={chosen} onChange={setChosen} />
        </div>
      </div>
    </Modal>
  )
}
