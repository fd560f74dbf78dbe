// The browser's interpreter on a command line, one JSON line each way: {"formulas", "rows", "params"} in,
// for each formula a list of values by row out; integers as text, {} where only the server knows.
import { createInterface } from 'node:readline'
import { evaluate } from '../src/formula/evaluate'

function answered(formula, row, params) {
  const { decided, value } = evaluate(formula, row, params)
  if (!decided) return {}
  return typeof value === 'bigint' ? String(value) : value
}

for await (const line of createInterface({ input: process.stdin })) {
  const { formulas, rows, params } = JSON.parse(line)
  const answers = formulas.map((formula) => rows.map((row) => answered(formula, row, params)))
  process.stdout.write(`${JSON.stringify(answers)}\n`)
}
