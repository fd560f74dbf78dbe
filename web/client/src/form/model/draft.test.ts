import { beforeEach, expect, test } from 'vitest'
import { dropDraft, dropOldDrafts, readDraft, writeDraft, type Draft } from './draft'

const kept = new Map<string, string>()
beforeEach(() => {
  kept.clear()
  const storage = {
    getItem: (name: string) => kept.get(name) ?? null,
    setItem: (name: string, text: string) => void kept.set(name, text),
    removeItem: (name: string) => void kept.delete(name),
  }
  Object.defineProperty(globalThis, 'localStorage', {
    configurable: true,
    value: new Proxy(storage, { ownKeys: () => [...kept.keys()], getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true }) }),
  })
})

const draft = (title: string, at = 1_000): Draft => ({ inputs: { title }, key: 'k', at, version: 0 })
const place = { owner: 'li', form: 'patrol' }

test('a draft belongs to its writer and its place: nobody else at the same device has it', () => {
  writeDraft(place, draft('mine'))
  expect(readDraft(place)?.inputs).toEqual({ title: 'mine' })
  for (const other of [{ ...place, owner: 'zhao' }, { ...place, owner: null }, { ...place, task: 't' }, { ...place, opening: 'machine=CNC-08' }])
    expect(readDraft(other)).toBeNull()
  dropDraft(place)
  expect(readDraft(place)).toBeNull()
})

test('old and unreadable drafts go, others stay', () => {
  writeDraft(place, draft('old', 0))
  writeDraft({ ...place, task: 't' }, draft('new', 15 * 86_400_000))
  kept.set('plumbline.draft.broken', '{')
  kept.set('other', 'x')
  dropOldDrafts(15 * 86_400_000)
  expect([...kept.keys()]).toEqual(['plumbline.draft.li|patrol|t', 'other'])
})
