import { describe, expect, it } from 'vitest'
import type { SourceSetting } from '../../api/types'
import { isChanged, missing, ordered, typedFrom, valuesToSend } from './settings'

const setting = (name: string, more: Partial<SourceSetting>): SourceSetting => ({
  name,
  secret: false,
  set: true,
  value: null,
  bound_to: null,
  fits: true,
  ...more,
})
const held = [setting('base_url', { value: 'http://a:1' }), setting('password', { secret: true }), setting('user', { secret: true, set: false })]

describe('settings of a source', () => {
  it('never has a secret to show', () => {
    expect(typedFrom(held)).toEqual({ base_url: 'http://a:1', password: '', user: '' })
    expect(isChanged(held, typedFrom(held))).toBe(false)
  })

  it('asks in the order one fills them in', () => {
    expect(ordered([...held, setting('other', {})]).map((one) => one.name)).toEqual(['base_url', 'user', 'password', 'other'])
  })

  it('keeps a secret that is left blank', () => {
    expect(valuesToSend(held, { base_url: ' http://b:2 ', password: '', user: ' u ' })).toEqual({ base_url: 'http://b:2', user: ' u ' })
  })

  it('asks for what is neither set nor typed', () => {
    expect(missing(held, typedFrom(held)).map((one) => one.name)).toEqual(['user'])
    expect(missing(held, { ...typedFrom(held), user: 'u', base_url: '' }).map((one) => one.name)).toEqual(['base_url'])
  })
})
