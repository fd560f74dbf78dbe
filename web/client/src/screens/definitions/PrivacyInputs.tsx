// Whether a field holds data about a person; if so, what for and for how long.
import { Input, Select } from 'antd'
import { useTranslation } from '../../i18n/useTranslation'
import '../../i18n/people'
import styles from './Definitions.module.css'
import { privacyFault, type PrivacyInput } from './privacy'

interface Props {
  readonly input: PrivacyInput
  readonly isTried: boolean
  readonly onInput: (input: PrivacyInput) => void
}

const KINDS = ['none', 'personal', 'sensitive'] as const

export function PrivacyInputs({ input, isTried, onInput }: Props) {
  const { t } = useTranslation('people')
  const fault = isTried ? privacyFault(input) : null
  const text = (id: string, part: 'chinese' | 'english' | 'days', words: string) => (
    <div className={styles.field}>
      <label htmlFor={id}>{words}</label>
      <Input id={id} value={input[part]} maxLength={part === 'days' ? 5 : 200} onChange={(event) => onInput({ ...input, [part]: event.target.value })} />
    </div>
  )
  return (
    <fieldset className={styles.group}>
      <legend>{t('privacy.title')}</legend>
      <div className={styles.field}>
        <label htmlFor="privacy-class">{t('privacy.class')}</label>
        <Select
          id="privacy-class"
          value={input.kind}
          onChange={(kind: PrivacyInput['kind']) => onInput({ ...input, kind })}
          options={KINDS.map((kind) => ({ value: kind, label: t(`privacy.${kind}`) }))}
        />
      </div>
      {input.kind !== 'none' && (
        <>
          <div className={styles.row}>
            {text('privacy-chinese', 'chinese', t('privacy.chinesePurpose'))}
            {text('privacy-english', 'english', t('privacy.englishPurpose'))}
          </div>
          {text('privacy-days', 'days', t('privacy.days'))}
        </>
      )}
      {fault && <p role="alert">{t(`privacy.${fault}`)}</p>}
    </fieldset>
  )
}
