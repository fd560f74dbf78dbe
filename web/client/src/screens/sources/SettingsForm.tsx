// The address, user and secrets of a source; a secret can be set and replaced, never read.
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { App, Button, Input } from 'antd'
import { useState } from 'react'
import { useTranslation } from '../../i18n/useTranslation'
import { api } from '../../api/client'
import { ApiProblem, call } from '../../api/problem'
import type { Settled, SourceSetting, SourceSettings } from '../../api/types'
import { Badge, wordOf } from '../../parts/Badge'
import { useUnsaved } from '../../parts/useUnsaved'
import { isChanged, missing, ordered, typedFrom, valuesToSend, type Typed } from './settings'
import styles from './Sources.module.css'

interface FieldProps {
  readonly setting: SourceSetting
  readonly value: string
  readonly problem: string | undefined
  readonly isBusy: boolean
  readonly onType: (text: string) => void
}

function SettingField({ setting, value, problem, isBusy, onType }: FieldProps) {
  const { t } = useTranslation('admin')
  const id = `setting-${setting.name}`
  const shared = {
    id,
    value,
    disabled: isBusy,
    'aria-describedby': `${id}-note`,
    'aria-invalid': problem !== undefined || undefined,
    onChange: (event: { target: { value: string } }) => onType(event.target.value),
    ...(problem === undefined ? {} : { status: 'error' as const }),
  }
  return (
    <div className={styles.setting}>
      <span className={styles.settingHead}>
        <label htmlFor={id}>{wordOf(t('sources.names', { returnObjects: true }), setting.name)}</label>
        {setting.secret && <Badge tone={setting.set ? (setting.fits ? 'green' : 'amber') : 'grey'}>{setting.set ? t('sources.set') : t('sources.notSet')}</Badge>}
      </span>
      {setting.secret ? (
        <Input.Password {...shared} visibilityToggle={false} autoComplete="new-password" placeholder={setting.set ? t('sources.keep') : ''} />
      ) : (
        <Input {...shared} autoComplete="off" spellCheck={false} />
      )}
      <p id={`${id}-note`} className={problem ? styles.late : 'small muted'}>
        {problem ?? (setting.secret && setting.set ? (setting.fits ? t('sources.boundTo', { address: setting.bound_to ?? '' }) : t('sources.unfit', { address: setting.bound_to ?? '' })) : '')}
      </p>
    </div>
  )
}

function Endpoints({ held }: { held: SourceSettings }) {
  const { t } = useTranslation('admin')
  if (held.endpoints.length === 0) return null
  return (
    <ul className={styles.endpoints} aria-label={t('sources.endpoints')}>
      {held.endpoints.map(({ host, port, allowed }) => (
        <li key={`${host}:${port}`}>
          <code>
            {host}:{port}
          </code>
          <Badge tone={allowed ? 'green' : 'amber'}>{allowed ? t('sources.allowed') : t('sources.notAllowed')}</Badge>
        </li>
      ))}
    </ul>
  )
}

/** What the server refused, by the name of the setting; the rest under ''. */
function refusalsOf(error: unknown): Record<string, string> {
  if (!(error instanceof ApiProblem)) return {}
  const listed = error.diagnostics.map((one) => [(one.pointer ?? '').replace(/^\//, ''), one.message] as const)
  return listed.length ? Object.fromEntries(listed) : { '': error.detail ?? error.title }
}

function useSave(name: string, onSaved: () => void) {
  const { t } = useTranslation('admin')
  const { message } = App.useApp()
  const client = useQueryClient()
  return useMutation({
    mutationFn: (values: Record<string, string>) =>
      call(api.PUT('/sources/{name}/settings', { params: { path: { name } }, body: { values } })) as Promise<Settled>,
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['settings', name] })
      void message.success(t('sources.saved'))
      onSaved()
    },
  })
}

export function SettingsForm({ name, held }: { name: string; held: SourceSettings }) {
  const { t } = useTranslation('admin')
  const settings = ordered(held.settings)
  const [typed, setTyped] = useState<Typed>({})
  const values = { ...typedFrom(settings), ...typed }
  const [tried, setTried] = useState(false)
  const save = useSave(name, () => setTyped({}))
  const refusals = save.error ? refusalsOf(save.error) : {}
  const blank = new Set(tried ? missing(settings, values).map((one) => one.name) : [])
  const other = Object.entries(refusals).filter(([key]) => !settings.some((one) => one.name === key))
  const changed = isChanged(settings, values)
  useUnsaved(changed)
  if (settings.length === 0) return <p className="muted">{t('sources.noSettings')}</p>
  return (
    <form
      noValidate
      className={styles.settings}
      onSubmit={(event) => {
        event.preventDefault()
        setTried(true)
        if (missing(settings, values).length === 0) save.mutate(valuesToSend(settings, values))
      }}
    >
      {other.map(([key, words]) => (
        <p key={key} className={styles.late} role="alert">
          {words}
        </p>
      ))}
      {save.error && !(save.error instanceof ApiProblem) && (
        <p className={styles.late} role="alert">
          {t('failedServer', { ns: 'common' })}
        </p>
      )}
      {settings.map((one) => (
        <SettingField
          key={one.name}
          setting={one}
          value={values[one.name] ?? ''}
          problem={refusals[one.name] ?? (blank.has(one.name) ? t('sources.fillIn') : undefined)}
          isBusy={save.isPending}
          onType={(text) => setTyped({ ...typed, [one.name]: text })}
        />
      ))}
      <Endpoints held={held} />
      <div className={styles.actions}>
        <Button type="primary" htmlType="submit" loading={save.isPending} disabled={!changed}>
          {t('save', { ns: 'common' })}
        </Button>
        {changed && !save.isPending && <Button onClick={() => (setTyped({}), setTried(false), save.reset())}>{t('sources.revert')}</Button>}
      </div>
    </form>
  )
}
