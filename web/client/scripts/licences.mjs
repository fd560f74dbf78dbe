// Writes the licences of what is shipped; refuses a licence that is not on the list.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

const CLIENT = resolve(import.meta.dirname, '..')
const OUT = resolve(CLIENT, process.env.PLUMBLINE_STATIC ?? '../static')
const ALLOWED = new Set(['MIT', 'ISC', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD', 'OFL-1.1', 'CC0-1.0'])
const packages = JSON.parse(readFileSync(join(CLIENT, 'package-lock.json'), 'utf8')).packages

const parts = []
const refused = []
for (const [path, locked] of Object.entries(packages)) {
  const folder = join(CLIENT, path)
  if (path === '' || locked.dev || !existsSync(join(folder, 'package.json'))) continue
  const found = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  if (!ALLOWED.has(found.license)) refused.push(`${found.name} ${found.version}: ${found.license}`)
  const file = readdirSync(folder).find((name) => /^licen[cs]e/i.test(name))
  const text = file ? readFileSync(join(folder, file), 'utf8').trim() : ''
  parts.push(`${found.name} ${found.version}\n${found.license}\n\n${text}\n`)
}
if (refused.length) {
  console.error(`Licences that may not be shipped:\n${refused.join('\n')}`)
  process.exit(1)
}
writeFileSync(join(OUT, 'third-party-licences.txt'), parts.join(`\n${'-'.repeat(72)}\n\n`))
console.log(`licences of ${parts.length} packages written`)
