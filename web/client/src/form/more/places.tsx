// Where something is: a point from the device or typed, and a division of China level by level.
import { useEffect, useState } from 'react'
import { useTranslation } from '../../i18n/useTranslation'
import type { WidgetProps } from '../widgets'
import styles from './More.module.css'
import { levelsOf, loadRegions, type Regions } from './regions'

export function LocationInput(props: WidgetProps) {
  const { t } = useTranslation('form')
  const [state, setState] = useState<'idle' | 'asking' | 'refused'>('idle')
  const ask = () => {
    setState('asking')
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => (setState('idle'), props.onInput(`${coords.latitude.toFixed(6)},${coords.longitude.toFixed(6)}`)),
      () => setState('refused'),
      { enableHighAccuracy: true, timeout: 15_000 },
    )
  }
  return (
    <div className={styles.list}>
      <input
        id={props.id}
        className={styles.control}
        type="text"
        inputMode="text"
        placeholder={t('locationHint')}
        aria-describedby={props.describedBy}
        aria-invalid={props.invalid || undefined}
        value={typeof props.input === 'string' ? props.input : ''}
        readOnly={props.readOnly}
        onBlur={props.onLeave}
        onChange={(event) => props.onInput(event.target.value || null)}
        autoComplete="off"
      />
      {!props.readOnly && 'geolocation' in navigator && window.isSecureContext && (
        <button type="button" className={styles.button} disabled={state === 'asking'} onClick={ask}>
          {t(state === 'asking' ? 'locating' : 'locate')}
        </button>
      )}
      {state === 'refused' && <span className={styles.note}>{t('locationRefused')}</span>}
    </div>
  )
}

export function RegionInput(props: WidgetProps) {
  const { t } = useTranslation('form')
  const [regions, setRegions] = useState<Regions | null>(null)
  useEffect(() => void loadRegions().then(setRegions), [])
  const code = typeof props.input === 'string' ? props.input : null
  if (!regions) return <span id={props.id}>{code ?? ''}</span>
  return (
    <div className={styles.list}>
      {levelsOf(regions, code).map((level, depth) => (
        <select
          key={level.under}
          id={depth === 0 ? props.id : `${props.id}-${depth}`}
          className={styles.control}
          aria-label={depth === 0 ? undefined : t('regionLevel', { n: depth + 1 })}
          aria-describedby={props.describedBy}
          aria-invalid={props.invalid || undefined}
          value={level.chosen}
          disabled={props.readOnly}
          onBlur={props.onLeave}
          onChange={(event) => props.onInput(event.target.value || level.under || null)}
        >
          <option value="">{t('choose')}</option>
          {level.codes.map((each) => (
            <option key={each} value={each}>
              {regions[each]}
            </option>
          ))}
        </select>
      ))}
    </div>
  )
}
