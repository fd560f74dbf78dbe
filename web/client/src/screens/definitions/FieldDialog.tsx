// Another name, another type, or the end of a field: kept as a draft.
import { App, Button, Checkbox, Input, Modal, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from '../../i18n/useTranslation'
import { Refused } from '../../parts/Refused'
import styles from './Definitions.module.css'
import { OPTIONED, partsOf, settingsFault, settingsOf, TARGETED, withField, withoutField } from './document'
import { useNames } from './names'
import { privacyFault, privacyOf, withPrivacy } from './privacy'
import { PrivacyInputs } from './PrivacyInputs'
import { TypeSettings } from './TypeSettings'
import { useSave, type Edited } from './useSave'

// types whose values can become another's; any other stays what it is
const CONVERTIBLE = [
  'text', 'long_text', 'integer', 'decimal', 'money', 'percent', 'date', 'datetime', 'duration', 'boolean', 'choice',
  'person', 'department', 'reference',
] // prettier-ignore

interface Props extends Edited {
  readonly field: string
  readonly onClose: () => void
}

export function FieldDialog(props: Props) {
  const { t } = useTranslation('change')
  const { modal } = App.useApp()
  const { typeName } = useNames()
  const { field: key, document, onClose } = props
  const before = document.fields?.find((one) => one.key === key)
  const [chinese, setChinese] = useState(before?.label?.['zh-CN'] ?? '')
  const [english, setEnglish] = useState(before?.label?.['en'] ?? '')
  const [type, setType] = useState(before?.type ?? 'text')
  const [required, setRequired] = useState(before?.['required'] === true)
  const [privacy, setPrivacy] = useState(() => privacyOf(before))
  const [settings, setSettings] = useState(() => settingsOf(before))
  const [isTried, setTried] = useState(false)
  const save = useSave(props, onClose)
  const types = !before || CONVERTIBLE.includes(before.type) ? CONVERTIBLE : [before.type]
  const name = chinese || key
  // a reference that stays keeps its document as it is written
  const isSettled = type === before?.type && TARGETED.has(type) && settings.entity === settingsOf(before).entity
  const submit = () => {
    setTried(true)
    if (!chinese.trim() || privacyFault(privacy) || settingsFault(type, settings)) return
    const label = { ...before?.label, 'zh-CN': chinese.trim(), ...(english.trim() ? { en: english.trim() } : {}) }
    const changed = withField(document, key, { label, type, required, ...(isSettled ? {} : partsOf(type, settings, before)) })
    save.mutate({ ...changed, fields: (changed.fields ?? []).map((one) => (one.key === key ? withPrivacy(one, privacy) : one)) })
  }
  const remove = () =>
    modal.confirm({
      title: t('structure.removeTitle', { name }),
      content: t('structure.removeText'),
      okText: t('structure.draft'),
      okButtonProps: { danger: true },
      onOk: () => save.mutateAsync(withoutField(document, key)).catch(() => undefined),
    })
  return (
    <Modal open onCancel={onClose} title={t('structure.editTitle', { name })} footer={null} mask={{ closable: false }}>
      <div className={styles.form}>
        <div className={styles.row}>
          <div className={styles.field}>
            <label htmlFor="field-chinese">{t('structure.chinese')}</label>
            <Input id="field-chinese" value={chinese} onChange={(event) => setChinese(event.target.value)} {...(chinese.trim() ? {} : { status: 'error' as const })} />
            {!chinese.trim() && <p role="alert">{t('structure.needName')}</p>}
          </div>
          <div className={styles.field}>
            <label htmlFor="field-english">{t('structure.english')}</label>
            <Input id="field-english" value={english} onChange={(event) => setEnglish(event.target.value)} />
          </div>
        </div>
        <div className={styles.field}>
          <label htmlFor="field-type">{t('structure.type')}</label>
          <Select id="field-type" value={type} onChange={setType} options={types.map((one) => ({ value: one, label: typeName(one) }))} />
          <p className="small muted">{t('structure.typeNote')}</p>
        </div>
        {(OPTIONED.has(type) || type !== before?.type) && <TypeSettings type={type} settings={settings} isTried={isTried} onSettings={setSettings} />}
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
          <Button danger type="text" onClick={() => void remove()}>
            {t('structure.remove')}
          </Button>
        </p>
      </div>
    </Modal>
  )
}
