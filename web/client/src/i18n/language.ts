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

const CHOSEN = 'plumbline.language.chosen'

/** Somebody not yet signed in chose a language: it goes to the account at sign-in. */
export function markChosen(): void {
  try {
    sessionStorage.setItem(CHOSEN, '1')
  } catch {
    // the account's language then wins
  }
}

/** Whether a choice waits for the account; asked once. */
export function takeChosen(): boolean {
  try {
    const isChosen = sessionStorage.getItem(CHOSEN) !== null
    sessionStorage.removeItem(CHOSEN)
    return isChosen
  } catch {
    return false
  }
}
