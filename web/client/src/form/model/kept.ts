// Drafts on the server: the same form is gone on with on another device.
import { api } from '../../api/client'
import { itemsOf } from '../../api/list'
import { call } from '../../api/problem'
import type { DraftSummary } from '../../api/types'
import type { Draft, Place } from './draft'
import type { Inputs } from './values'

/** Keeps the draft; the version it has now. */
export async function keep(place: Place, draft: Draft): Promise<number> {
  const { form, task, record } = place
  const seen = draft.recordVersion ?? place.recordVersion
  const body = {
    form,
    ...(task ? { task } : {}),
    ...(record ? { record } : {}),
    ...(seen ? { record_version: seen } : {}),
    inputs: draft.inputs,
    base_version: draft.version,
  }
  const kept = await call(api.PUT('/form-drafts/{key}', { params: { path: { key: draft.key } }, body }))
  return kept.version
}

/** What was begun at this place and not sent, newest first. */
export async function begun(place: Place): Promise<readonly DraftSummary[]> {
  const { form, task, record } = place
  const query = { form, ...(task ? { task } : {}), ...(record ? { record } : {}) }
  const found = itemsOf(await call(api.GET('/form-drafts', { params: { query } })))
  return found.filter((one) => one.task === (task ?? null) && one.record === (record ?? null))
}

export async function fetchDraft(key: string): Promise<Draft> {
  const found = await call(api.GET('/form-drafts/{key}', { params: { path: { key } } }))
  return {
    key,
    inputs: (found.inputs ?? {}) as Inputs,
    at: Date.parse(found.at),
    version: found.version,
    ...(found.record_version ? { recordVersion: found.record_version } : {}),
  }
}

export const forget = (key: string) => call(api.DELETE('/form-drafts/{key}', { params: { path: { key } } }))
