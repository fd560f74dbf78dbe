// What a type needs besides its name: the options to choose from, or the kind of record pointed to.
import { useQuery } from '@tanstack/react-query'
import { Input, Select } from 'antd'
import { useTranslation } from '../../i18n/useTranslation'
import { itemsOf } from '../../api/list'
import { entitiesQuery } from '../../api/queries'
import { label } from '../../i18n/label'
import styles from './Definitions.module.css'
import { OPTIONED, settingsFault, TARGETED, type Settings } from './document'

interface Props {
  readonly type: string
  readonly settings: Settings
  readonly isTried: boolean
  readonly onSettings: (settings: Settings) => void
}

export function TypeSettings({ type, settings, isTried, onSettings }: Props) {
  const { t } = useTranslation('change')
  const entities = itemsOf(useQuery({ ...entitiesQuery, enabled: TARGETED.has(type) }).data)
  const fault = isTried ? settingsFault(type, settings) : null
  if (!OPTIONED.has(type) && !TARGETED.has(type)) return null
  return (
    <div className={styles.field}>
      {OPTIONED.has(type) ? (
        <>
          <label htmlFor="field-options">{t('structure.options')}</label>
          <Input.TextArea id="field-options" rows={5} value={settings.options} onChange={(event) => onSettings({ ...settings, options: event.target.value })} />
        </>
      ) : (
        <>
          <label htmlFor="field-target">{t('structure.target')}</label>
          <Select
            id="field-target"
            value={settings.entity || null}
            showSearch={{ optionFilterProp: 'label' }}
            onChange={(entity: string) => onSettings({ ...settings, entity })}
            options={entities.filter((one) => !one.system).map((one) => ({ value: one.name, label: label(one.label, one.name) }))}
          />
        </>
      )}
      {fault && <p role="alert">{t(`structure.${fault}`)}</p>}
    </div>
  )
}
