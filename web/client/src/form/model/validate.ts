// All complaints about a form at once, by field path ("detail.0.qty" inside a child table).
import type { FieldDescriptor, FormDescriptor, Text, Wire, WireRow } from '../../api/types'
import { failedChecks, formFields, rowForm, standingOf, withComputed, withoutHidden, type Standing } from './rules'
import { isBlank, isPicked, readInput, wireRow, type Complaint, type InputRow, type Inputs } from './values'

export type Finding = { readonly path: string; readonly field: FieldDescriptor } & (
  { readonly complaint: Complaint } | { readonly message: Text }
)

export interface Judged {
  readonly standing: Standing
  readonly wire: Readonly<Record<string, Wire>>
  /** With computed fields, for showing them. */
  readonly computed: Readonly<Record<string, Wire>>
  readonly findings: readonly Finding[]
}

/** The rows of a table, each by its own rules; what is hidden in a row is neither asked nor sent. */
function judgeRows(form: FormDescriptor, table: FieldDescriptor, rows: readonly InputRow[]): { findings: Finding[]; wire: WireRow[] } {
  const judged = rows.map((row) => judge(rowForm(form, table), row.values))
  const findings = judged.flatMap((row, index) =>
    row.findings.map((finding) => ({ ...finding, path: `${table.key}.${index}.${finding.path}` })),
  )
  return { findings, wire: judged.map((row) => row.wire) }
}

function notOffered(field: FieldDescriptor, wire: Wire, offered: ReadonlySet<string> | undefined): boolean {
  if (!offered || wire === null) return false
  return (Array.isArray(wire) ? (wire as string[]) : [String(wire)]).some((one) => !offered.has(one)) && field.type !== 'child_table'
}

function judgeField(field: FieldDescriptor, input: Inputs[string] | undefined, at: { path: string; required: boolean }): Finding | null {
  if (isBlank(input)) {
    if (!at.required) return null
    return { path: at.path, field, complaint: { code: isPicked(field.type) ? 'requiredChoice' : 'required', args: {} } }
  }
  const reading = readInput(field, input)
  return 'complaint' in reading ? { path: at.path, field, complaint: reading.complaint } : null
}

/** Reads the whole form: what to show, what would be sent, what is wrong. Hidden fields are not sent. */
export function judge(form: FormDescriptor, inputs: Inputs): Judged {
  const all: Record<string, Wire> = { ...wireRow(form.fields, inputs) }
  const tables = new Map<string, Finding[]>()
  for (const field of form.fields) {
    if (field.type !== 'child_table') continue
    const { findings, wire } = judgeRows(form, field, (inputs[field.key] ?? []) as readonly InputRow[])
    tables.set(field.key, findings)
    all[field.key] = wire
  }
  const standing = standingOf(form, all)
  const live = formFields(form).filter((field) => !standing.hidden.has(field.key))
  const findings: Finding[] = []
  const wire: Record<string, Wire> = {}
  for (const field of live) {
    if (standing.readOnly.has(field.key)) continue
    wire[field.key] = all[field.key] ?? null
    const finding = judgeField(field, inputs[field.key], { path: field.key, required: standing.required.has(field.key) })
    if (finding) findings.push(finding)
    else if (notOffered(field, all[field.key] ?? null, standing.offered.get(field.key)))
      findings.push({ path: field.key, field, complaint: { code: 'offered', args: {} } })
    findings.push(...(tables.get(field.key) ?? []))
  }
  // hidden fields are dropped on submit, so checks and sums see them blank, as the server will
  const seen = withoutHidden(all, standing.hidden)
  const computed = withComputed(form, seen)
  const byKey = new Map(live.map((field) => [field.key, field]))
  for (const check of failedChecks(form, seen)) {
    const field = byKey.get(check.field)
    if (field && !findings.some((finding) => finding.path === check.field))
      findings.push({ path: check.field, field, message: check.message })
  }
  return { standing, wire, computed, findings }
}
