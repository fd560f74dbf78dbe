// The fields of one grant: what the role may do with each, and how a record looks through it.
import { InputNumber, Select } from 'antd'
import { useTranslation } from '../../i18n/useTranslation'
import '../../i18n/roles'
import type { FieldDescriptor, RecordItem } from '../../api/types'
import { label } from '../../i18n/label'
import { showValue } from '../../parts/value'
import { isMaskable, maskedText, MOST_SHOWN, sightOf, SIGHTS, withMask, withSight, type GrantDocument, type Sight } from './rights'
import styles from './Roles.module.css'

interface LineProps {
  readonly grant: GrantDocument
  readonly field: FieldDescriptor
  readonly sample: RecordItem | undefined
  readonly onGrant: (grant: GrantDocument) => void
}

/** How many signs stay in sight at both ends of a text. */
function Ends({ grant, field, onGrant }: Omit<LineProps, 'sample'>) {
  const { t } = useTranslation('roles')
  const mask = grant.masks?.[field.key] ?? {}
  const name = label(field.label, field.key)
  const end = (part: 'first' | 'last', words: string, spoken: string) => (
    <span className={styles.ends}>
      <span className="small muted">{words}</span>
      <InputNumber
        size="small"
        min={0}
        max={MOST_SHOWN}
        precision={0}
        style={{ width: 56 }}
        aria-label={spoken}
        value={mask[part] ?? 0}
        onChange={(signs) => onGrant(withMask(grant, field.key, { ...mask, [part]: signs ?? 0 }))}
      />
    </span>
  )
  return (
    <>
      {end('first', t('first'), t('firstOf', { name }))}
      {end('last', t('last'), t('lastOf', { name }))}
    </>
  )
}

function Seen({ grant, field, sample, sight }: Omit<LineProps, 'onGrant'> & { sight: Sight }) {
  const { t } = useTranslation('roles')
  if (sight === 'hidden') return <span className="muted">{t('nothing')}</span>
  const value = sample?.values[field.key]
  if (!sample || value === null || value === undefined) return <>—</>
  return <>{sight === 'masked' ? maskedText(isMaskable(field.type) ? value : null, grant.masks?.[field.key]) : showValue(value, field, sample.display_values?.[field.key])}</>
}

function Line({ grant, field, sample, onGrant }: LineProps) {
  const { t } = useTranslation('roles')
  const sight = sightOf(grant, field.key)
  const name = label(field.label, field.key)
  return (
    <tr data-field={field.key}>
      <td>{name}</td>
      <td>
        <div className={styles.right}>
          <Select
            aria-label={t('rightOf', { name })}
            style={{ width: 150 }}
            value={sight}
            onChange={(next: Sight) => onGrant(withSight(grant, field.key, next))}
            options={SIGHTS.map((one) => ({ value: one, label: t(`sights.${one}`) }))}
          />
          {sight === 'masked' && isMaskable(field.type) && <Ends grant={grant} field={field} onGrant={onGrant} />}
        </div>
      </td>
      <td className={`${styles.seen} num`} data-testid="seen">
        <Seen grant={grant} field={field} sample={sample} sight={sight} />
      </td>
    </tr>
  )
}

interface Props {
  readonly grant: GrantDocument
  readonly fields: readonly FieldDescriptor[]
  readonly sample: RecordItem | undefined
  readonly onGrant: (grant: GrantDocument) => void
}

export function FieldRights({ grant, fields, sample, onGrant }: Props) {
  const { t } = useTranslation('roles')
  return (
    <table className={styles.table}>
      <thead>
        <tr>
          <th scope="col">{t('field')}</th>
          <th scope="col">{t('right')}</th>
          <th scope="col">{t('sees')}</th>
        </tr>
      </thead>
      <tbody>
        {fields.map((field) => (
          <Line key={field.key} grant={grant} field={field} sample={sample} onGrant={onGrant} />
        ))}
      </tbody>
    </table>
  )
}
