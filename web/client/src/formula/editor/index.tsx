// The editor with the code it needs, loaded when a designer shows it; its place is kept meanwhile.
import { lazy, Suspense, type ComponentProps } from 'react'
import { Loading } from '../../parts/States'

const Editor = lazy(() => import('./FormulaEditor'))

export type { FormulaAnswer } from './asking'
export type { EditorHandle } from './FormulaEditor'

export function FormulaEditor(props: ComponentProps<typeof Editor>) {
  return (
    <Suspense fallback={<Loading rows={3} />}>
      <Editor {...props} />
    </Suspense>
  )
}
