// Tries a rule on the past: choose the time, see firings per period and who would have been told.
import { useMutation } from '@tanstack/react-query'
import { Button, DatePicker, Modal, Radio } from 'antd'
import dayjs, { type Dayjs } from 'dayjs'
import { useState } from 'react'
import { useTranslation } from '../../i18n/useTranslation'
import { api } from '../../api/client'
import { call } from '../../api/problem'
import type { Backtest, Rule } from '../../api/types'
import { businessNow } from '../../format/time'
import { label, readable } from '../../i18n/label'
import { Failed, Loading } from '../../parts/States'
import { BacktestResult } from './BacktestResult'
import styles from './Rules.module.css'

const WEEKS = 26

export function BacktestDialog({ rule, onClose }: { rule: Rule; onClose: () => void }) {
  const { t } = useTranslation('rules')
  const today = dayjs(businessNow())
  const [from, setFrom] = useState<Dayjs>(today.subtract(WEEKS, 'week'))
  const [to, setTo] = useState<Dayjs>(today)
  const [known, setKnown] = useState<'today' | 'then'>('today')
  const [seconds, setSeconds] = useState(0)
  const isRange = from.isBefore(to)
  const run = useMutation({
    mutationFn: async () => {
      const started = performance.now()
      const body = { from: from.format('YYYY-MM-DD'), to: to.format('YYYY-MM-DD'), known }
      const out = await call(api.POST('/rules/{name}/backtest', { params: { path: { name: rule.name } }, body }))
      setSeconds((performance.now() - started) / 1000)
      return out as Backtest
    },
  })
  return (
    <Modal open onCancel={onClose} footer={null} width={860} title={t('backtest.title', { rule: label(rule.label) })}>
      <div className={styles.dialog}>
        <p className="muted">{t('backtest.intro')}</p>
        <p className={styles.quote}>{readable(label(rule.sentence))}</p>
        <div className={styles.range}>
          <div className={styles.control}>
            <label htmlFor="backtest-from">{t('backtest.from')}</label>
            <DatePicker id="backtest-from" value={from} onChange={(value) => value && setFrom(value)} allowClear={false} />
          </div>
          <div className={styles.control}>
            <label htmlFor="backtest-to">{t('backtest.to')}</label>
            <DatePicker
              id="backtest-to"
              value={to}
              onChange={(value) => value && setTo(value)}
              allowClear={false}
              {...(isRange ? {} : { status: 'error' as const })}
            />
          </div>
          <div className={styles.control}>
            <span id="backtest-known">{t('backtest.known')}</span>
            <Radio.Group
              aria-labelledby="backtest-known"
              value={known}
              onChange={(event) => setKnown(event.target.value as 'today' | 'then')}
              options={[
                { value: 'today', label: t('backtest.knownToday') },
                { value: 'then', label: t('backtest.knownThen') },
              ]}
            />
          </div>
          <Button type="primary" disabled={!isRange} loading={run.isPending} onClick={() => run.mutate()}>
            {t('backtest.run')}
          </Button>
        </div>
        {!isRange && <p className={styles.error}>{t('backtest.needRange')}</p>}
        {run.isPending && <Loading rows={4} />}
        {run.error && <Failed error={run.error} onRetry={() => run.mutate()} />}
        {run.data && !run.isPending && <BacktestResult result={run.data} seconds={seconds} />}
      </div>
    </Modal>
  )
}
