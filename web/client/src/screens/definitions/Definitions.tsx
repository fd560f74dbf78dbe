// Drafts and what publishing them does, changes of fields on their way, earlier revisions.
import { Button, Segmented } from 'antd'
import { lazy, Suspense, useState } from 'react'
import { useSearchParams } from 'react-router'
import { useTranslation } from '../../i18n/useTranslation'
import '../../i18n/change'
import { Page } from '../../parts/Page'
import { Changes } from './Changes'
import { Drafts } from './Drafts'
import { Revisions } from './Revisions'

const SheetWizard = lazy(() => import('./SheetWizard'))
const TABS = ['drafts', 'changes', 'revisions'] as const
type Tab = (typeof TABS)[number]

export default function Definitions() {
  const { t } = useTranslation('change')
  const [params, setParams] = useSearchParams()
  const asked = params.get('tab') as Tab | null
  const tab = asked && TABS.includes(asked) ? asked : 'drafts'
  const [isMaking, setMaking] = useState(false)
  const go = (next: Tab) => setParams(next === 'drafts' ? {} : { tab: next }, { replace: true })
  return (
    <Page
      title={t('title')}
      lead={t('intro')}
      actions={
        <Button type="primary" onClick={() => setMaking(true)}>
          {t('sheet.open')}
        </Button>
      }
    >
      <div>
        <Segmented value={tab} onChange={(next) => go(next as Tab)} options={TABS.map((key) => ({ value: key, label: t(`tabs.${key}`) }))} />
      </div>
      {tab === 'drafts' && <Drafts onChanges={() => go('changes')} />}
      {tab === 'changes' && <Changes />}
      {tab === 'revisions' && <Revisions />}
      {isMaking && (
        <Suspense>
          <SheetWizard onClose={() => setMaking(false)} />
        </Suspense>
      )}
    </Page>
  )
}
