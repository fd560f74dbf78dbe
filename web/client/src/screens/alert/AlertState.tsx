// The state of an alert as a word with a tone.
import { useTranslation } from '../../i18n/useTranslation'
import { Badge, wordOf, type Tone } from '../../parts/Badge'

const TONES: Record<string, Tone> = {
  firing: 'red',
  pending: 'amber',
  acknowledged: 'blue',
  resolving: 'amber',
  closed: 'grey',
  resolved: 'green',
}

export function AlertState({ state }: { state: string }) {
  const { t } = useTranslation('work')
  return <Badge tone={TONES[state] ?? 'grey'}>{wordOf(t('alert_.state', { returnObjects: true }), state)}</Badge>
}
