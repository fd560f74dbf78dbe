// The roles as they are defined, with the drafts of them.
import { useQuery } from '@tanstack/react-query'
import { itemsOf } from '../../api/list'
import { draftsQuery, filesQuery } from '../definitions/queries'
import { rolesOf, type RoleDocument } from './rights'

export interface KnownRole {
  readonly name: string
  readonly document: RoleDocument
  readonly draftVersion: number // 0: there is no draft
}

/** Every role, as its draft says where there is one. */
export function useRoles() {
  const files = useQuery(filesQuery)
  const drafts = useQuery(draftsQuery)
  const read = (texts: Readonly<Record<string, string>>): KnownRole[] => {
    const published = rolesOf(texts)
    return Object.entries(published).map(([name, document]) => {
      const draft = itemsOf(drafts.data).find((one) => one.kind === 'role' && one.name === name && one.document !== null)
      return { name, document: (draft?.document as RoleDocument | undefined) ?? document, draftVersion: draft?.version ?? 0 }
    })
  }
  const isThere = files.data !== undefined && drafts.data !== undefined
  return { ...files, data: isThere ? read(files.data.files) : undefined, error: files.error ?? drafts.error }
}
