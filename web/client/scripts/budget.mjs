// Fails when an entry is heavier than its budget: gzip size of all it loads before the first lazy import.
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'

const OUT = resolve(import.meta.dirname, process.env.PLUMBLINE_STATIC ?? '../../static')
const BUDGETS = { 'fill.html': { js: Infinity, all: 110 }, 'index.html': { js: 450, all: Infinity } }
const manifest = JSON.parse(readFileSync(join(OUT, 'manifest.json'), 'utf8'))
const sizes = new Map()

function kilobytes(file) {
  if (!sizes.has(file)) sizes.set(file, gzipSync(readFileSync(join(OUT, file)), { level: 9 }).length / 1024)
  return sizes.get(file)
}

function filesOf(key, seen = new Set()) {
  if (seen.has(key)) return []
  seen.add(key)
  const chunk = manifest[key]
  return [chunk.file, ...(chunk.css ?? []), ...(chunk.imports ?? []).flatMap((next) => filesOf(next, seen))]
}

let isOver = false
for (const [entry, budget] of Object.entries(BUDGETS)) {
  const files = [...new Set(filesOf(entry))]
  const js = files.filter((file) => file.endsWith('.js')).reduce((sum, file) => sum + kilobytes(file), 0)
  const all = files.reduce((sum, file) => sum + kilobytes(file), 0)
  const over = js > budget.js || all > budget.all
  isOver ||= over
  console.log(
    `${over ? 'OVER ' : 'ok   '} ${entry}: JS ${js.toFixed(1)} KB, JS+CSS ${all.toFixed(1)} KB gzip (budget ${Number.isFinite(budget.js) ? `JS ${budget.js}` : `all ${budget.all}`})`,
  )
  if (process.argv.includes('-v')) for (const file of files) console.log(`        ${kilobytes(file).toFixed(1)} ${file}`)
}
process.exit(isOver ? 1 : 0)
