import { describe, expect, it } from 'vitest'
import schema from '../../../../builder/schema/entity.v1.json'
import { deskWidgets } from './desk/widgets'
import { chainOf, levelsOf, loadRegions } from './more/regions'
import { nativeWidgets } from './native/widgets'
import { inputOf, readInput, readDuration, readLocation, shownDuration } from './model/values'

const types = schema.$defs.field.properties.type.enum
const field = (type: string, more = {}) => ({ key: 'f', type, label: 'f', ...more })

describe('every type of field', () => {
  it.each(types.filter((type) => type !== 'child_table'))('%s has a control on the desk and on the phone', (type) => {
    expect(deskWidgets[type]).toBeDefined()
    expect(nativeWidgets[type]).toBeDefined()
  })
  it('has no control for a type that does not exist', () => {
    for (const type of [...Object.keys(deskWidgets), ...Object.keys(nativeWidgets)]) expect(types).toContain(type)
  })
})

describe('what is shown is read back', () => {
  it.each([
    ['duration', 'PT8H30M'],
    ['duration', 'P2DT4H'],
    ['location', '31.2304,121.4737'],
    ['multi_choice', ['b', 'a']],
    ['reference_list', ['u1', 'u2']],
    ['region', '330106'],
    ['signature', 'u1'],
    ['any_reference', 'types.mate/u1'],
  ])('%s %j', (type, wire) => {
    const input = inputOf(field(type), wire)
    expect(readInput(field(type), input)).toEqual({ wire })
  })
  it('names what a list points to', () => {
    expect(inputOf(field('reference_list'), ['u1'], null, () => 'One')).toEqual([{ uid: 'u1', display: 'One' }])
  })
})

describe('what people write', () => {
  it.each([
    ['8:30', 'PT8H30M'],
    ['8小时30分', 'PT8H30M'],
    ['２天', 'P2D'],
    ['90m', 'PT90M'],
  ])('%s is a length of time', (text, wire) => expect(readDuration(text)).toBe(wire))
  it.each(['', '8', 'soon', '8:75'])('%j is none', (text) => expect(readDuration(text)).toBeNull())
  it('shows a length the way it is typed', () => expect(shownDuration('P1DT2H')).toBe('1d2h'))
  it.each(['91,0', '1,181', '1', 'a,b'])('%s is no place', (text) => expect(readLocation(text)).toBeNull())
  it('counts the values of a list', () => {
    expect(readInput(field('multi_choice', { min: '2' }), ['a'])).toHaveProperty('complaint')
  })
})

describe('regions', () => {
  it('are chosen level by level', async () => {
    const regions = await loadRegions()
    expect(chainOf(regions, '330106')).toEqual(['330000', '330100', '330106'])
    const levels = levelsOf(regions, '330100')
    expect(levels.map((level) => level.chosen)).toEqual(['330000', '330100', ''])
    expect(levels[2]?.codes).toContain('330106')
    expect(levelsOf(regions, null)[0]?.codes).toHaveLength(34)
  })
})
