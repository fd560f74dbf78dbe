import { beforeAll, expect, test } from 'vitest'
import texts from './texts'

beforeAll(() => {
  texts.add('zh-CN', 'common', { yes: '是', only: '只有中文', part: { rows: '{{count}} 行', of: '{{ n }}/{{n}}{{none}}' } })
  texts.add('en', 'common', { yes: 'Yes', part: { rows: '{{count}} rows', rows_one: '{{count}} row' } })
  texts.add('en', 'form', { yes: 'Form' })
})

const say = (language: string, path: string, values?: Readonly<Record<string, unknown>>) => texts.fixed(language, 'common')(path, values)

test.each([
  ['en', 'yes', {}, 'Yes'],
  ['zh-CN', 'part.rows', { count: 1 }, '1 行'],
  ['en', 'part.rows', { count: 1 }, '1 row'],
  ['en', 'part.rows', { count: 0 }, '0 rows'],
  ['en', 'part.rows', { count: '1,200' }, '1,200 rows'],
  ['en', 'only', {}, '只有中文'], // as it was written
  ['zh-CN', 'part.of', { n: 7 }, '{{ n }}/7'], // a value that is not given is nothing
  ['en', 'yes', { ns: 'form' }, 'Form'],
  ['en', 'not.there', {}, 'not.there'],
  ['en', 'part', {}, 'part'],
  ['en', 'part.none', { defaultValue: 'else' }, 'else'],
])('%s %s %o', (language, path, values, shown) => expect(say(language, path, values)).toBe(shown))

test('many texts at once, for words that only the server knows all keys of', () => {
  expect(say('en', 'part', { returnObjects: true })).toEqual({ rows: '{{count}} rows', rows_one: '{{count}} row' })
})

test('who listens hears of another language', () => {
  const heard: string[] = []
  const stop = texts.subscribe(() => heard.push(texts.language))
  texts.choose('en')
  stop()
  texts.choose('zh-CN')
  expect(heard).toEqual(['en'])
  expect(texts.t('yes')).toBe('是')
})
