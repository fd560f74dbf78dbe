// Scopes of keys in words: `records:read` is "Records: read".
import { useTranslation } from '../../i18n/useTranslation'

export const EVERYTHING = 'admin'

interface Noun {
  readonly name: string
  readonly hint: string
}

/** The nouns among scopes, each with what may be done to it, in the order the server gives. */
export function nounsOf(scopes: readonly string[]): Map<string, string[]> {
  const found = new Map<string, string[]>()
  for (const scope of scopes) {
    const [noun = '', verb] = scope.split(':')
    if (verb) found.set(noun, [...(found.get(noun) ?? []), verb])
  }
  return found
}

export function useNouns(): (noun: string) => Noun {
  const { t } = useTranslation('account')
  const nouns = t('keys.nouns', { returnObjects: true }) as Record<string, Noun>
  return (noun) => nouns[noun] ?? { name: noun, hint: '' }
}

export function useScopeWords(): (scopes: readonly string[]) => string {
  const { t } = useTranslation('account')
  const nounOf = useNouns()
  const verb = (key: string) => (key === 'read' ? t('keys.read') : t('keys.write'))
  return (scopes) => {
    const parts = [...nounsOf(scopes)].map(([noun, verbs]) => `${nounOf(noun).name} ${verbs.map(verb).join('/')}`)
    return [...(scopes.includes(EVERYTHING) ? [t('keys.all')] : []), ...parts].join(' · ')
  }
}
