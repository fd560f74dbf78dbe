// Lists come as {items, next}; a plain array is accepted too.
import type { Page } from './types'

export function itemsOf<T>(answer: Page<T> | readonly T[] | undefined): readonly T[] {
  if (answer === undefined) return []
  return Array.isArray(answer) ? (answer as readonly T[]) : ((answer as Page<T>).items ?? [])
}

export function nextOf<T>(answer: Page<T> | readonly T[] | undefined): string | null {
  return answer === undefined || Array.isArray(answer) ? null : ((answer as Page<T>).next ?? null)
}
