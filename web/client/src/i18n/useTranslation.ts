// Texts in components: i18next's t for one namespace, drawn again when the language changes.
// (react-i18next does the same and much more; on the phone its weight counts.)
import i18next, { type Namespace, type TFunction } from 'i18next'
import { useMemo, useSyncExternalStore } from 'react'

function subscribe(onChange: () => void): () => void {
  i18next.on('languageChanged', onChange)
  return () => i18next.off('languageChanged', onChange)
}

export function useTranslation<const Ns extends Namespace = 'common'>(ns?: Ns): { t: TFunction<Ns>; i18n: typeof i18next } {
  const language = useSyncExternalStore(subscribe, () => i18next.language)
  const t = useMemo(() => i18next.getFixedT(language, ns ?? 'common') as unknown as TFunction<Ns>, [language, ns])
  return { t, i18n: i18next }
}
