// Bundles the formula interpreter for Node, beside the pages: `plumbline formula run --executor javascript`.
import { join, resolve } from 'node:path'
import { rolldown } from 'rolldown'

const out = resolve(import.meta.dirname, '..', process.env.PLUMBLINE_STATIC ?? '../static')
const bundle = await rolldown({ input: join(import.meta.dirname, 'formula_lines.mjs'), platform: 'node' })
await bundle.write({ file: join(out, 'formula.mjs'), format: 'esm' })
