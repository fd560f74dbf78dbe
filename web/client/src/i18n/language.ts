// Which language the reader wants: their account, their last choice here, else the browser's.

export type Language = 'zh-CN' | 'en'

const STORE = 'plumbline.language'
let current: Language = startLanguage()

function startLanguage(): Language {
  try {
    const kept = localStorage.getItem(STORE)
    if (kept === 'zh-CN' || kept === 'en') return kept
  } catch {
    // private mode: fall through to the browser's language
  }
  if (typeof navigator === 'undefined') return 'zh-CN'
  return navigator.language.toLowerCase().startsWith('zh') ? 'zh-CN' : 'en'
}

export function currentLanguage(): Language {
  return current
}

export function rememberLanguage(language: Language): void {
  current = language
  try {
    localStorage.setItem(STORE, language)
  } catch {
    // the choice then lasts for this page only
  }
  document.documentElement.lang = language
}
