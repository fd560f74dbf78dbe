// Drafts and what publishing them does, changes of fields on their way, earlier revisions.
import { Button, Segmented } from 'antd'
import { lazy, Suspense, useState } from 'react'
import { useSearchParams } from 'react-router'
import { useTranslation } from '../../i18n/useTranslation'
import '../../i18n/change'
import '../../i18n/roles'
import { Page } from '../../parts/Page'
import { Changes } from './Changes'
import { Drafts } from './Drafts'
import { Revisions } from './Revisions'

const SheetWizard = lazy(() => import('./SheetWizard'))
const XlsFormWizard = lazy(() => import('./XlsFormWizard'))
const Roles = lazy(() => import('../roles/Roles'))
const TABS = ['drafts', 'changes', 'revisions', 'roles'] as const
type Tab = (typeof TABS)[number]

export default function Definitions() {
  const { t } = useTranslation('change')
  const { t: roles } = useTranslation('roles')
  const [params, setParams] = useSearchParams()
  const asked = params.get('tab') as Tab | null
  const tab = asked && TABS.includes(asked) ? asked : 'drafts'
  const [making, setMaking] = useState<'sheet' | 'xlsform' | null>(null)
  const go = (next: Tab) => setParams(next === 'drafts' ? {} : { tab: next }, { replace: true })
  return (
    <Page
      title={t('title')}
      lead={t('intro')}
      actions={
        <>
          <Button onClick={() => setMaking('xlsform')}>{t('xlsform.open')}</Button>
          <Button type="primary" onClick={() => setMaking('sheet')}>
            {t('sheet.open')}
          </Button>
        </>
      }
    >
      <div>
        <Segmented value={tab} onChange={(next) => go(next as Tab)} options={TABS.map((key) => ({ value: key, label: key === 'roles' ? roles('tab') : t(`tabs.${key}`) }))} />
      </div>
      {tab === 'drafts' && <Drafts onChanges={() => go('changes')} />}
      {tab === 'changes' && <Changes />}
      {tab === 'revisions' && <Revisions />}
      {tab === 'roles' && (
        <Suspense>
          <Roles />
        </Suspense>
      )}
      <Suspense>
        {making === 'sheet' && <SheetWizard onClose={() => setMaking(null)} />}
        {making === 'xlsform' && <XlsFormWizard onClose={() => setMaking(null)} />}
      </Suspense>
    </Page>
  )
}
