// Labels of definitions come in both languages; the reader's comes first.
import type { Text } from '../api/types'
import { currentLanguage } from './language'

export function label(text: Text | null | undefined, fallback = ''): string {
  if (text === null || text === undefined) return fallback
  if (typeof text === 'string') return text
  return text[currentLanguage()] ?? text['zh-CN'] ?? text['en'] ?? Object.values(text)[0] ?? fallback
}

/** A formula or a rule for reading: names with spaces stand without their braces. */
export const readable = (text: string): string => text.replace(/\{([^{}]*)\}/g, '$1')
