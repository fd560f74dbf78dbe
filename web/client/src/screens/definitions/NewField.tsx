// A field more: its names, key and type, kept as a draft; records that are there have nothing in it yet.
import { Button, Checkbox, Input, Modal, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from '../../i18n/useTranslation'
import { Refused } from '../../parts/Refused'
import styles from './Definitions.module.css'
import { keyFault, keyFor, partsOf, settingsFault, withAdded, type Settings } from './document'
import { useNames } from './names'
import { privacyFault, privacyOf, withPrivacy } from './privacy'
import { PrivacyInputs } from './PrivacyInputs'
import { TypeSettings } from './TypeSettings'
import { useSave, type Edited } from './useSave'

// those that are made of other fields, or need a document of their own, come in files
const TYPES = [
  'text', 'long_text', 'integer', 'decimal', 'money', 'percent', 'date', 'datetime', 'duration', 'boolean', 'choice', 'multi_choice',
  'person', 'department', 'reference', 'reference_list', 'file', 'image', 'signature', 'location', 'region', 'tree',
] // prettier-ignore

export function NewField({ onClose, ...edited }: Edited & { onClose: () => void }) {
  const { t } = useTranslation('change')
  const { typeName } = useNames()
  const { document } = edited
  const taken = (document.fields ?? []).map((one) => one.key)
  const [chinese, setChinese] = useState('')
  const [english, setEnglish] = useState('')
  const [typedKey, setKey] = useState<string | null>(null)
  const [type, setType] = useState('text')
  const [settings, setSettings] = useState<Settings>({ options: '', entity: '' })
  const [required, setRequired] = useState(false)
  const [privacy, setPrivacy] = useState(() => privacyOf(undefined))
  const [isTried, setTried] = useState(false)
  const save = useSave(edited, onClose)
  const key = typedKey ?? keyFor(english, taken)
  const fault = keyFault(key, taken)
  const submit = () => {
    setTried(true)
    if (!chinese.trim() || fault || privacyFault(privacy) || settingsFault(type, settings)) return
    const label = { 'zh-CN': chinese.trim(), ...(english.trim() ? { en: english.trim() } : {}) }
    const field = { key, type, label, ...(required ? { required } : {}), ...partsOf(type, settings) }
    save.mutate(withAdded(document, withPrivacy(field, privacy)))
  }
  return (
    <Modal open onCancel={onClose} title={t('structure.addTitle')} footer={null} mask={{ closable: false }}>
      <div className={styles.form}>
        <div className={styles.row}>
          <div className={styles.field}>
            <label htmlFor="field-chinese">{t('structure.chinese')}</label>
            <Input id="field-chinese" autoFocus value={chinese} onChange={(event) => setChinese(event.target.value)} {...(isTried && !chinese.trim() ? { status: 'error' as const } : {})} />
            {isTried && !chinese.trim() && <p role="alert">{t('structure.needName')}</p>}
          </div>
          <div className={styles.field}>
            <label htmlFor="field-english">{t('structure.english')}</label>
            <Input id="field-english" value={english} onChange={(event) => setEnglish(event.target.value)} />
          </div>
        </div>
        <div className={styles.row}>
          <div className={styles.field}>
            <label htmlFor="field-key">{t('structure.key')}</label>
            <Input id="field-key" value={key} onChange={(event) => setKey(event.target.value)} {...(fault ? { status: 'error' as const } : {})} />
            {fault ? <p role="alert">{t(`structure.${fault}`)}</p> : <p className="small muted">{t('structure.keyNote')}</p>}
          </div>
          <div className={styles.field}>
            <label htmlFor="field-type">{t('structure.type')}</label>
            <Select id="field-type" value={type} onChange={setType} showSearch={{ optionFilterProp: 'label' }} options={TYPES.map((one) => ({ value: one, label: typeName(one) }))} />
          </div>
        </div>
        <TypeSettings type={type} settings={settings} isTried={isTried} onSettings={setSettings} />
        <Checkbox checked={required} onChange={(event) => setRequired(event.target.checked)}>
          {t('structure.required')}
        </Checkbox>
        <PrivacyInputs input={privacy} isTried={isTried} onInput={setPrivacy} />
        <Refused error={save.error} />
        <p className={styles.bar}>
          <Button type="primary" loading={save.isPending} onClick={submit}>
            {t('structure.draft')}
          </Button>
          <Button onClick={onClose}>{t('cancel', { ns: 'common' })}</Button>
        </p>
      </div>
    </Modal>
  )
}
