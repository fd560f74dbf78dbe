// Starts with the texts an entry needs; the desk and the phone load different ones.
import { currentLanguage, rememberLanguage, type Language } from './language'
import shelf, { type Words } from './texts'

type ByNamespace = Readonly<Record<string, Words>>

export interface Texts {
  readonly chinese: ByNamespace
  readonly english: () => Promise<ByNamespace>
}

let texts: Texts

function put(language: Language, all: ByNamespace): void {
  for (const [namespace, words] of Object.entries(all)) shelf.add(language, namespace, words)
}

async function loadEnglish(): Promise<void> {
  if (!shelf.has('en', 'common')) put('en', await texts.english())
}

/** Resolves when the reader's language is there to draw with. */
export async function startI18n(given: Texts): Promise<void> {
  texts = given
  const language = currentLanguage()
  put('zh-CN', texts.chinese)
  if (language === 'en') await loadEnglish()
  shelf.choose(language)
  document.documentElement.lang = language
}

export async function changeLanguage(language: Language): Promise<void> {
  if (language === shelf.language) return
  if (language === 'en') await loadEnglish()
  rememberLanguage(language)
  shelf.choose(language)
}
