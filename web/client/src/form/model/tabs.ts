// Tabs of a form: which key leads where, and how much is to be corrected behind each.

/** The tab a key leads to; null when the key is not about tabs. */
export function stepOf(key: string, at: number, count: number): number | null {
  if (key === 'ArrowRight') return (at + 1) % count
  if (key === 'ArrowLeft') return (at + count - 1) % count
  if (key === 'Home') return 0
  return key === 'End' ? count - 1 : null
}

/** How many messages are about these fields or a cell of theirs. */
export function faultsIn(fields: readonly string[], messages: Readonly<Record<string, string>>): number {
  const mine = new Set(fields)
  return Object.keys(messages).filter((path) => mine.has(path.split('.')[0] ?? '')).length
}
