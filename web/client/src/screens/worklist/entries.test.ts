import { describe, expect, it } from 'vitest'
import type { Alert, Task } from '../../api/types'
import { mergeDone, mergeOpen } from './entries'

const task = (uid: string, due: string | null, alert: string | null = null, done: string | null = null): Task => ({
  uid,
  title: uid,
  kind: 'card',
  state: done ? 'done' : 'open',
  opened_at: '2026-03-01T00:00:00Z',
  due_at: due,
  done_at: done,
  alert_uid: alert,
})
const alert = (uid: string, opened: string): Alert => ({
  uid,
  rule: { name: 'r', label: 'r' },
  state: 'firing',
  episode: 1,
  opened_at: opened,
})

describe('the work-list', () => {
  it('puts the next deadline first and alerts after tasks', () => {
    const merged = mergeOpen(
      [task('late', '2026-03-03T00:00:00Z'), task('none', null), task('soon', '2026-03-02T00:00:00Z')],
      [alert('old', '2026-02-01T00:00:00Z'), alert('new', '2026-03-01T00:00:00Z')],
    )
    expect(merged.map((entry) => entry.uid)).toEqual(['soon', 'late', 'none', 'new', 'old'])
  })

  it('does not list an alert that a task answers', () => {
    expect(mergeOpen([task('t', null, 'a')], [alert('a', '2026-03-01T00:00:00Z')]).map((entry) => entry.uid)).toEqual(['t'])
  })

  it('lists finished work latest first', () => {
    expect(
      mergeDone([task('first', null, null, '2026-03-01T00:00:00Z'), task('last', null, null, '2026-03-02T00:00:00Z')], []).map(
        (entry) => entry.uid,
      ),
    ).toEqual(['last', 'first'])
  })
})
