import { describe, expect, it } from 'vitest'
import { CALM_MS, heard, ROOM, type Fullness } from './fullness'

/** What is shown after each answer; they come every three seconds. */
function shown(answers: readonly boolean[]): boolean[] {
  let known: Fullness = ROOM
  return answers.map((isWritable, index) => {
    known = heard(known, isWritable, index * 3_000)
    return known.isFull
  })
}

describe('a full disk', () => {
  it.each([
    ['never', [true, true], [false, false]],
    ['at once, until it is calm', [true, false, true, true, true], [false, true, true, false, false]],
    ['without blinking when every other write fits', [false, true, false, true, false, true, true], [true, true, true, true, true, true, false]],
  ])('is told %s', (_, answers, expected) => expect(shown(answers)).toEqual(expected))
  it('is over only after a while', () => {
    const full = heard(ROOM, false, 1_000)
    expect(heard(full, true, 1_000 + CALM_MS - 1)).toBe(full)
    expect(heard(full, true, 1_000 + CALM_MS)).toBe(ROOM)
  })
})
