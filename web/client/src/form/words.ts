// The words of a complaint, the same for the desk and the phone.
import type { TFunction } from 'i18next'
import { label } from '../i18n/label'
import type { Finding } from './model/validate'

export function wordsOf(finding: Finding, t: TFunction<'form'>): string {
  if ('message' in finding) return label(finding.message)
  return t(`problem.${finding.complaint.code}`, { field: label(finding.field.label), ...finding.complaint.args })
}

/** The DOM id of the control at a path. */
export const idOf = (formName: string, path: string): string => `${formName}-${path}`.replace(/[^A-Za-z0-9_-]/g, '_')

/** Tells the tabs around an element to show it. */
export const REVEAL = 'plumbline-reveal'
