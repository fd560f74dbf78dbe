import { describe, expect, it } from 'vitest'
import type { MetricSummary, Rule } from '../../api/types'
import { benchPath, keepBench, keptBench, metricBench, placeOf, readBench, ruleBench, targetBench, type Bench } from './bench'
import { find } from './find'
import { verdict } from './reach'

const BENCH: Bench = { entity: 'perf.goal', scope: 'row', metric: null, condition: true, record: 'r1', text: "权重 + 20% & 'a#b'" }

function store(): Storage {
  const kept = new Map<string, string>()
  return { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, value: string) => void kept.set(key, value) } as unknown as Storage
}

describe('the address of a formula', () => {
  it('brings back what it was made of', () => {
    const url = new URL(benchPath(BENCH), 'http://here')
    expect(readBench(url.search, url.hash)).toEqual(BENCH)
    expect(url.search).not.toContain('20') // the formula is not sent to the server
    for (const scope of ['rule', 'metric', 'row'] as const) {
      const about = { ...BENCH, metric: 'perf.progress', scope }
      const there = new URL(benchPath(about), 'http://here')
      expect(readBench(there.search, there.hash)).toEqual(about)
    }
    expect(readBench('?entity=perf.goal&scope=metric', '')?.scope).toBe('row') // of no metric
  })
  it('needs an entity', () => {
    expect(readBench('?record=x', '#f=1')).toBeNull()
    expect(readBench('?entity=perf.goal', '')).toEqual({ entity: 'perf.goal', scope: 'row', metric: null, condition: false, record: null, text: '' })
  })
})

describe('what is kept over a reload', () => {
  it('is the same afterwards', () => {
    const there = store()
    keepBench(BENCH, there)
    expect(keptBench(there)).toEqual(BENCH)
  })
  it('is nothing when it is broken or missing', () => {
    const there = store()
    expect(keptBench(there)).toBeNull()
    for (const broken of ['{', '7', '{"entity":1,"text":""}']) {
      there.setItem('plumbline.workbench', broken)
      expect(keptBench(there)).toBeNull()
    }
  })
})

it('a rule about a metric knows how long its periods are', () => {
  const metrics = [{ name: 'perf.progress', grain: 'month' } as MetricSummary]
  expect(placeOf({ ...BENCH, scope: 'rule', metric: 'perf.progress' }, metrics)).toEqual({ entity: 'perf.goal', scope: 'rule', metric: 'perf.progress', grain: 'month' })
  expect(placeOf(BENCH, metrics)).toEqual({ entity: 'perf.goal', scope: 'row', condition: true })
})

describe('what is opened from', () => {
  it('a rule is its condition, over the metric or over a record', () => {
    const rule = { name: 'perf.late', kind: 'period', metric: 'perf.progress' } as Rule
    const judged = ruleBench(rule, { entity: 'perf.goal', scope: 'rule', text: 'value < target' })
    expect(judged).toEqual({ entity: 'perf.goal', scope: 'rule', metric: 'perf.progress', condition: false, record: null, text: 'value < target' })
    const plain = ruleBench({ ...rule, metric: null }, { entity: 'perf.alarm', scope: 'row', text: "code = 'x'" })
    expect([plain.metric, plain.condition]).toEqual([null, true])
  })
  it('a metric is its formula over its inputs, and its target in its calendar', () => {
    const metric = { name: 'perf.progress', subject: 'perf.goal', formula: 'done / due', target: '0.9' } as MetricSummary
    expect(metricBench(metric)).toMatchObject({ scope: 'metric', metric: 'perf.progress', text: 'done / due' })
    expect(targetBench(metric)).toBeNull()
    const planned = targetBench({ ...metric, target: 'CLAMP(x, 0, 1)' })
    expect(planned).toMatchObject({ scope: 'row', metric: 'perf.progress', text: 'CLAMP(x, 0, 1)' })
    expect(placeOf(planned ?? BENCH, [])).toEqual({ entity: 'perf.goal', scope: 'row', metric: 'perf.progress' })
  })
})

it('where a formula runs is said in one word', () => {
  const runs = (sqlite: boolean, postgresql: boolean, browser: boolean) =>
    verdict({ sqlite, postgresql, browser, server_only: false, prevented_by: [] })
  expect([runs(true, true, true), runs(true, true, false), runs(true, false, true), runs(false, false, true), runs(false, false, false)]).toEqual([
    'everywhere',
    'database',
    'some',
    'browser',
    'server',
  ])
})

describe('search', () => {
  const list = [
    { words: ['sum', '求和', 'qh', 'qiuhe'], doc: 'The total of numbers' },
    { words: ['sumif', '条件求和', 'tjqh'], doc: 'The total where a condition holds' },
    { words: ['abs', '绝对值', 'jdz'], doc: 'Without its sign' },
  ]
  const names = (typed: string) => find(list, typed).map((one) => one.words[0])
  it('finds by name, Chinese, initials and purpose, the best first', () => {
    expect(names('sum')).toEqual(['sum', 'sumif'])
    expect(names('qh')).toEqual(['sum', 'sumif'])
    expect(names('求和')).toEqual(['sum', 'sumif'])
    expect(names(' SIGN ')).toEqual(['abs'])
    expect(names('')).toHaveLength(3)
    expect(names('xyz')).toEqual([])
  })
})
