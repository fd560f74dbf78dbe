// Texts in components: t for one namespace, drawn again when the language changes.
import type { Namespace, TFunction } from 'i18next'
import { useMemo, useSyncExternalStore } from 'react'
import texts from './texts'

export function useTranslation<const Ns extends Namespace = 'common'>(ns?: Ns): { t: TFunction<Ns>; i18n: typeof texts } {
  const language = useSyncExternalStore(texts.subscribe, () => texts.language)
  const t = useMemo(() => texts.fixed(language, String(ns ?? 'common')) as unknown as TFunction<Ns>, [language, ns])
  return { t, i18n: texts }
}
