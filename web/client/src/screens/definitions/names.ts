// Kinds, types and places of definitions in words.
import { useTranslation } from '../../i18n/useTranslation'
import '../../i18n/change'

export function useNames() {
  const { t } = useTranslation('change')
  const kinds = t('kinds', { returnObjects: true }) as Record<string, string>
  const types = t('types', { returnObjects: true }) as Record<string, string>
  const kindName = (kind: string) => kinds[kind] ?? kind
  return {
    kindName,
    typeName: (type: string) => types[type] ?? type,
    types,
    /** `entity pack.goal` as people say it; other names stay as they are. */
    definitionName: (name: string) => {
      const [kind = '', ...rest] = name.split(' ')
      return rest.length ? `${kindName(kind)} ${rest.join(' ')}` : name
    },
  }
}
