// What a field says of data about a person, while it is edited.
import type { FieldDocument } from './document'

export interface PrivacyInput {
  readonly kind: 'none' | 'personal' | 'sensitive'
  readonly chinese: string
  readonly english: string
  readonly days: string
}

export type PrivacyFault = 'needPurpose' | 'badDays'

interface Said {
  readonly class?: 'personal' | 'sensitive'
  readonly purpose?: Readonly<Record<string, string>>
  readonly retain_days?: number
}

const MOST_DAYS = 36_500

/** Older documents say `classification` and one `purpose`. */
export function privacyOf(field: FieldDocument | undefined): PrivacyInput {
  const said = field?.['privacy'] as Said | undefined
  const older = field?.['classification'] as string | undefined
  const one = typeof field?.['purpose'] === 'string' ? field['purpose'] : ''
  const kind = said?.class ?? (older === 'personal' || older === 'sensitive' ? older : 'none')
  return {
    kind,
    chinese: said?.purpose?.['zh-CN'] ?? one,
    english: said?.purpose?.['en'] ?? one,
    days: said?.retain_days === undefined ? '' : String(said.retain_days),
  }
}

export function privacyFault(input: PrivacyInput): PrivacyFault | null {
  if (input.kind === 'none') return null
  if (!input.chinese.trim() || !input.english.trim()) return 'needPurpose'
  if (!input.days.trim()) return null
  const days = Number(input.days.trim())
  return Number.isInteger(days) && days >= 1 && days <= MOST_DAYS ? null : 'badDays'
}

/** The field with what was said in place of what it said before. */
export function withPrivacy(field: FieldDocument, input: PrivacyInput): FieldDocument {
  const { privacy: _, classification: __, purpose: ___, ...rest } = field
  if (input.kind === 'none') return rest as FieldDocument
  const privacy = {
    class: input.kind,
    purpose: { 'zh-CN': input.chinese.trim(), en: input.english.trim() },
    ...(input.days.trim() ? { retain_days: Number(input.days.trim()) } : {}),
  }
  return { ...rest, privacy } as FieldDocument
}
