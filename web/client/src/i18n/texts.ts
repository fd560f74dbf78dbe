// Texts by language, namespace and key, with {{values}} and forms for one. The types are i18next's;
// the library does this and much more, and on the phone its weight counts.
import type { i18n } from 'i18next'

export type Words = { readonly [key: string]: string | Words }
type Values = Readonly<Record<string, unknown>>
type Listener = () => void

const SOURCE = 'zh-CN' // a text that is missing elsewhere is shown as it was written
const COMMON = 'common'
const shelves = new Map<string, Words>()
const listeners = new Set<Listener>()
let current = SOURCE

const shelf = (language: string, namespace: string) => shelves.get(`${language} ${namespace}`)

function found(language: string, namespace: string, path: string): string | Words | undefined {
  return path.split('.').reduce<string | Words | undefined>((at, step) => (typeof at === 'object' ? at[step] : undefined), shelf(language, namespace))
}

/** English has a form for one; Chinese has no other form. */
function wordsOf(language: string, namespace: string, path: string, values: Values): string | Words | undefined {
  const isOne = language === 'en' && Number(values['count']) === 1
  return (isOne ? found(language, namespace, `${path}_one`) : undefined) ?? found(language, namespace, path)
}

const filled = (text: string, values: Values): string => text.replace(/\{\{(\w+)\}\}/g, (_, name: string) => String(values[name] ?? ''))

function translate(language: string, base: string, path: string, values: Values = {}): unknown {
  const namespace = typeof values['ns'] === 'string' ? values['ns'] : base
  const words = wordsOf(language, namespace, path, values) ?? wordsOf(SOURCE, namespace, path, values)
  if (typeof words === 'string') return filled(words, values)
  return values['returnObjects'] && words ? words : (values['defaultValue'] ?? path)
}

const texts = {
  get language() {
    return current
  },
  has: (language: string, namespace: string) => shelf(language, namespace) !== undefined,
  add: (language: string, namespace: string, words: Words) => void shelves.set(`${language} ${namespace}`, words),
  choose: (language: string) => {
    current = language
    for (const listener of listeners) listener()
  },
  subscribe: (listener: Listener) => {
    listeners.add(listener)
    return () => listeners.delete(listener)
  },
  fixed: (language: string, namespace: string) => (path: string, values?: Values) => translate(language, namespace, path, values),
  t: ((path: string, values?: Values) => translate(current, COMMON, path, values)) as unknown as i18n['t'],
}

export default texts
