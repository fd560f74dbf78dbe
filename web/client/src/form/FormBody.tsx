// A form from its descriptor: layout, fields, rows. Widgets come from the entry that shows it.
import { lazy, Suspense, type ReactNode } from 'react'
import type { FieldDescriptor, LayoutNode } from '../api/types'
import { label } from '../i18n/label'
import { FieldFrame } from './FieldFrame'
import styles from './Form.module.css'
import { asksOf, dependents } from './model/choices'
import { formFields, offeredOf } from './model/rules'
import { inputOf, type Input } from './model/values'
import type { Filling } from './useForm'

const ChildTable = lazy(() => import('./ChildTable').then((m) => ({ default: m.ChildTable })))
const Tabs = lazy(() => import('./Tabs').then((m) => ({ default: m.Tabs })))

export interface FieldContext {
  readonly filling: Filling
  readonly messages: Readonly<Record<string, string>>
}

function OneField({ field, context }: { field: FieldDescriptor; context: FieldContext }) {
  const { filling } = context
  const standing = filling.judged.standing
  if (standing.hidden.has(field.key)) return null
  const frame = {
    formName: filling.form.name,
    path: field.key,
    field: offeredOf(field, standing.offered),
    input: field.computed ? inputOf(field, filling.judged.computed[field.key]) : (filling.state.inputs[field.key] ?? null),
    message: context.messages[field.key],
    required: standing.required.has(field.key),
    readOnly: standing.readOnly.has(field.key) || filling.progress !== 'filling',
    onLeave: () => filling.dispatch({ type: 'leave', path: field.key }),
    asks: asksOf(filling.form, field, filling.judged.wire, filling.place),
  }
  const put = (input: Input) => {
    filling.dispatch({ type: 'set', key: field.key, input })
    for (const key of dependents(filling.form.filters, 'form', field.key)) filling.dispatch({ type: 'set', key, input: null })
  }
  if (field.type === 'child_table') {
    return (
      <Suspense>
        <ChildTable frame={frame} context={context} />
      </Suspense>
    )
  }
  return <FieldFrame {...frame} onInput={put} />
}

function LayoutPart({ node, context }: { node: LayoutNode; context: FieldContext }): ReactNode {
  if ('field' in node) {
    const field = context.filling.form.fields.find((one) => one.key === node.field)
    return field ? <OneField field={field} context={context} /> : null
  }
  const children = node.children.map((child) => <LayoutPart key={child.id} node={child} context={context} />)
  if (node.box === 'columns') return <div className={styles.columns}>{children}</div>
  if (node.box === 'tabs') {
    const tabs = node.children.filter((child) => 'box' in child)
    return (
      <Suspense>
        <Tabs tabs={tabs} context={context} show={(child) => <LayoutPart key={child.id} node={child} context={context} />} />
      </Suspense>
    )
  }
  return (
    <section className={styles.section}>
      {node.label && <h3 className={styles.sectionTitle}>{label(node.label)}</h3>}
      {children}
    </section>
  )
}

export function FormBody({ context }: { context: FieldContext }) {
  const { form } = context.filling
  const layout = form.layout?.length ? form.layout : formFields(form).map((field) => ({ id: field.key, field: field.key }))
  return (
    <div className={styles.body}>
      {layout.map((node) => (
        <LayoutPart key={node.id} node={node} context={context} />
      ))}
    </div>
  )
}
