// What a widget is given; the desk (antd) and the phone (native inputs) each register one per field type.
import { createContext, useContext, type ComponentType } from 'react'
import type { FieldDescriptor } from '../api/types'
import type { Input } from './model/values'

export interface WidgetProps {
  readonly id: string
  readonly field: FieldDescriptor
  readonly input: Input
  readonly onInput: (input: Input) => void
  readonly onLeave: () => void
  readonly describedBy: string | undefined
  readonly invalid: boolean
  readonly readOnly: boolean
  readonly required: boolean
}

export type Widget = ComponentType<WidgetProps>
export type Widgets = Readonly<Record<string, Widget>>

const Chosen = createContext<Widgets>({})
export const WidgetsOf = Chosen.Provider

export function useWidget(type: string): Widget | null {
  return useContext(Chosen)[type] ?? null
}
