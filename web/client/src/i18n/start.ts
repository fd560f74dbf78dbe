// Starts i18next with the texts an entry needs; the desk and the phone load different ones.
import i18next, { type ResourceLanguage } from 'i18next'
import { currentLanguage, rememberLanguage, type Language } from './language'

export interface Texts {
  readonly chinese: ResourceLanguage
  readonly english: () => Promise<ResourceLanguage>
}

let texts: Texts

async function loadEnglish(): Promise<void> {
  if (i18next.hasResourceBundle('en', 'common')) return
  for (const [namespace, words] of Object.entries(await texts.english())) i18next.addResourceBundle('en', namespace, words)
}

/** Resolves when the reader's language is there to draw with. */
export async function startI18n(given: Texts): Promise<void> {
  texts = given
  const language = currentLanguage()
  await i18next.init({
    resources: { 'zh-CN': texts.chinese },
    lng: language,
    fallbackLng: 'zh-CN',
    defaultNS: 'common',
    interpolation: { escapeValue: false }, // React escapes
    returnNull: false,
  })
  if (language === 'en') await loadEnglish()
  document.documentElement.lang = language
}

export async function changeLanguage(language: Language): Promise<void> {
  if (language === i18next.language) return
  if (language === 'en') await loadEnglish()
  rememberLanguage(language)
  await i18next.changeLanguage(language)
}
