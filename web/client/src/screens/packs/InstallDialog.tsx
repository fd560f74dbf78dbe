// Installs a pack: asks its parameters, shows that it works, says how it ended.
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Button, Input, Modal, Progress } from 'antd'
import { useEffect, useState } from 'react'
import { useTranslation } from '../../i18n/useTranslation'
import { useNavigate } from 'react-router'
import { api } from '../../api/client'
import { ApiProblem, call } from '../../api/problem'
import type { Installed, Pack } from '../../api/types'
import { label } from '../../i18n/label'
import styles from './Packs.module.css'

/** The server answers once, at the end: the bar only says that time passes and never claims to be done. */
function Working() {
  const { t } = useTranslation('admin')
  const [percent, setPercent] = useState(5)
  useEffect(() => {
    const timer = setInterval(() => setPercent((before) => before + (95 - before) * 0.12), 400)
    return () => clearInterval(timer)
  }, [])
  return (
    <div role="status" className={styles.working}>
      <Progress percent={Math.round(percent)} showInfo={false} status="active" />
      <p className="muted">{t('packs.installing')}</p>
    </div>
  )
}

function Refused({ error }: { error: unknown }) {
  const { t } = useTranslation('admin')
  const problem = error instanceof ApiProblem ? error : null
  return (
    <div className={styles.refused} role="alert">
      <p>
        <strong>{t('packs.failed')}</strong>
      </p>
      {problem && (problem.detail ?? problem.title) && <p>{problem.detail ?? problem.title}</p>}
      <ul>
        {problem?.diagnostics.slice(0, 10).map((diagnostic, index) => (
          <li key={index}>
            {diagnostic.message} {diagnostic.pointer && <code className="small">{diagnostic.pointer}</code>}
          </li>
        ))}
      </ul>
    </div>
  )
}

export function InstallDialog({ pack, onClose }: { pack: Pack; onClose: () => void }) {
  const { t } = useTranslation('admin')
  const client = useQueryClient()
  const navigate = useNavigate()
  const parameters = pack.parameters ?? []
  const [values, setValues] = useState<Record<string, string>>(() => Object.fromEntries(parameters.map((one) => [one.name, ''])))
  const install = useMutation({
    mutationFn: () => {
      const given = Object.fromEntries(Object.entries(values).filter(([, value]) => value.trim() !== ''))
      return call(
        api.POST('/packs/{name}/install', { params: { path: { name: pack.name } }, body: { parameters: given } }),
      ) as Promise<Installed>
    },
    onSuccess: () => void client.invalidateQueries({ predicate: (query) => query.queryKey[0] !== 'session' }),
  })
  return (
    <Modal
      open
      onCancel={onClose}
      footer={null}
      title={t('packs.installTitle', { name: label(pack.label, pack.name) })}
      mask={{ closable: !install.isPending }}
    >
      {install.data ? (
        <div className={styles.done} role="status">
          <p>{t('packs.done', { revision: install.data.revision })}</p>
          {install.data.asks && install.data.asks.length > 0 && (
            <div className={styles.asks}>
              <p>{t('packs.asks')}</p>
              <ul>
                {install.data.asks.map((ask) => (
                  <li key={`${ask.source} ${ask.host}:${ask.port}`}>
                    <code>
                      {ask.host}:{ask.port}
                    </code>{' '}
                    ({ask.source})
                  </li>
                ))}
              </ul>
            </div>
          )}
          <p className={styles.foot}>
            <Button type="primary" onClick={() => void navigate('/metrics')}>
              {t('packs.toMetrics')}
            </Button>
            <Button onClick={() => void navigate('/rules')}>{t('packs.toRules')}</Button>
          </p>
        </div>
      ) : (
        <form
          className={styles.form}
          onSubmit={(event) => {
            event.preventDefault()
            install.mutate()
          }}
        >
          <p className="muted">{label(pack.description)}</p>
          <h3>{parameters.length ? t('packs.parameters') : t('packs.noParameters')}</h3>
          {parameters.map((one) => (
            <label key={one.name} className={styles.parameter}>
              <span>{label(one.label, one.name)}</span>
              <Input
                value={values[one.name] ?? ''}
                disabled={install.isPending}
                onChange={(event) => setValues({ ...values, [one.name]: event.target.value })}
                autoComplete="off"
              />
            </label>
          ))}
          {install.error && <Refused error={install.error} />}
          {install.isPending ? (
            <Working />
          ) : (
            <p className={styles.foot}>
              <Button type="primary" htmlType="submit">
                {t('packs.install')}
              </Button>
              <Button onClick={onClose}>{t('cancel', { ns: 'common' })}</Button>
            </p>
          )}
        </form>
      )}
    </Modal>
  )
}
