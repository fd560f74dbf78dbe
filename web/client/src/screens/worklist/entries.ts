// Tasks and alerts as one work-list: what is due first stands first.
import type { Alert, Task } from '../../api/types'

export type Entry =
  | { readonly kind: 'tasks'; readonly uid: string; readonly task: Task }
  | { readonly kind: 'alerts'; readonly uid: string; readonly alert: Alert }
export type Shown = 'all' | 'tasks' | 'alerts'

const instant = (iso: string | null | undefined, otherwise: number) => (iso ? Date.parse(iso) : otherwise)

function order(entry: Entry): number {
  return entry.kind === 'tasks' ? instant(entry.task.due_at, Number.MAX_SAFE_INTEGER) : instant(entry.alert.opened_at, 0)
}

/** Open entries: tasks by deadline, then alerts, newest first; an alert that a listed task answers is not listed twice. */
export function mergeOpen(tasks: readonly Task[], alerts: readonly Alert[]): Entry[] {
  const answered = new Set(tasks.map((task) => task.alert_uid))
  const first = tasks.map((task): Entry => ({ kind: 'tasks', uid: task.uid, task })).sort((a, b) => order(a) - order(b))
  const then = alerts
    .filter((alert) => !answered.has(alert.uid))
    .map((alert): Entry => ({ kind: 'alerts', uid: alert.uid, alert }))
    .sort((a, b) => order(b) - order(a))
  return [...first, ...then]
}

/** Finished entries, latest first. */
export function mergeDone(tasks: readonly Task[], alerts: readonly Alert[]): Entry[] {
  const ended = (entry: Entry) =>
    entry.kind === 'tasks' ? instant(entry.task.done_at, 0) : instant(entry.alert.closed_at ?? entry.alert.opened_at, 0)
  return [
    ...tasks.map((task): Entry => ({ kind: 'tasks', uid: task.uid, task })),
    ...alerts.map((alert): Entry => ({ kind: 'alerts', uid: alert.uid, alert })),
  ].sort((a, b) => ended(b) - ended(a))
}

export const only = (entries: readonly Entry[], shown: Shown) =>
  shown === 'all' ? entries : entries.filter((entry) => entry.kind === shown)

const OVER = new Set(['closed', 'resolved', 'inactive'])
export const isOver = (alert: Alert) => OVER.has(alert.state)
