// The routes of accounts, the life of records and changes of definitions.
import type { Ask, Do, Get, Name, RecordPath, Root, Send, Uid } from './paths'
import type * as T from './types'

type Drop<Path, Query = Record<string, never>> = { parameters: { path: Path; query?: Query }; responses: Do<unknown>['responses'] }
type Bare<Out> = { responses: Do<Out>['responses'] }
type Paged = { limit?: number; cursor?: string }

interface AccountPaths {
  '/session/providers': { get: Root<T.Page<T.SignInWay>, never> }
  '/session/view-as': { post: Ask<T.Session, { login: string; reason: string }>; delete: Bare<unknown> }
  '/accounts': { get: Root<T.Page<T.ListedAccount>, never> }
  '/me/password': { put: Ask<T.Session, { old: string; new: string }> }
  '/me/second-factor': {
    get: Root<T.SecondFactor, never>
    post: Bare<T.SecondFactorBegun>
    put: Ask<{ recovery_codes: string[] }, { code: string }>
  }
  '/me/second-factor/end': { post: Ask<unknown, { code: string }> }
  '/me/sessions': { get: Root<T.Page<T.OwnSession>, never> }
  '/me/sessions/{uid}': { delete: Do<unknown, Uid> }
  '/me/keys': { get: Root<T.KeyPage, never>; post: Ask<{ uid: string; key: string }, { label: string; scopes: string[]; days: number }> }
  '/me/keys/{uid}': { delete: Do<unknown, Uid> }
  '/me/exports': { post: Bare<T.LongWork> }
  '/me/views': { get: Root<T.Page<T.Viewing>, never> }
}

interface PeoplePaths {
  '/people/{uid}/departure': {
    get: Get<T.Departure, Uid>
    post: Send<T.Departure, T.NewDeparture, Uid>
    delete: Do<unknown, Uid>
  }
  '/people/{uid}/departure/preview': { post: Send<T.Departure, T.NewDeparture, Uid> }
  '/people/{uid}/exports': { post: Do<T.LongWork, Uid> }
  '/people/{uid}/erasure': { get: Get<T.ErasurePreview, Uid>; post: Send<T.LongWork, { reason: string; consent: string }, Uid> }
}

interface CalendarPaths {
  '/calendars': { get: Root<T.Page<T.Calendar>, never> }
  '/calendars/{name}/days': {
    get: Get<T.CalendarYear, Name, { year: number }>
    put: Send<T.CalendarYear, { year: number; days: Record<string, boolean>; version: string }, Name>
  }
}

interface RecordLifePaths {
  '/entities/{name}/records/{uid}/access': { get: Get<T.Access, RecordPath, { login?: string }> }
  '/entities/{name}/records/{uid}/comments': {
    get: Get<T.Page<T.Remark>, RecordPath, Paged>
    post: Send<T.Remark, { body: string; mentions?: string[] }, RecordPath>
  }
  '/comments/{uid}': { patch: Send<T.Remark, { body: string; mentions?: string[] }, Uid>; delete: Do<unknown, Uid> }
  '/entities/{name}/records/{uid}/restore': { post: Send<T.RecordItem, { version: number; base_version?: number }, RecordPath> }
  '/entities/{name}/trash': { get: Get<T.Page<T.TrashedRecord>, Name, Paged> }
  '/entities/{name}/trash/{uid}': { delete: Drop<RecordPath, { at_once?: 'yes' | 'no' }> }
  '/entities/{name}/trash/{uid}/restore': { post: Do<T.RecordItem, RecordPath> }
  '/entities/{name}/views': {
    get: Get<T.Page<T.SavedView>, Name>
    post: Send<T.SavedView, { name: string; document: T.ListDocument; roles?: string[] }, Name>
  }
  '/views/{uid}': {
    put: Send<T.SavedView, { name: string; document: T.ListDocument; roles?: string[]; base_version: number }, Uid>
    delete: Do<unknown, Uid>
  }
  '/entities/{name}/count': { get: Get<{ count: number; exact: boolean }, Name, { filter?: string; match?: string; q?: string; most?: number }> }
  '/entities/{name}/groups': {
    get: Get<{ items: T.RecordGroup[]; more: boolean }, Name, { filter?: string; match?: string; q?: string; by: string; measures?: string; limit?: number }>
  }
  '/entities/{name}/bulk/preview': { post: Send<T.BulkPreview, T.BulkChange, Name> }
  '/entities/{name}/bulk': { post: Send<T.LongWork, T.BulkChange, Name> }
  '/entities/{name}/exports': { post: Send<T.LongWork, T.NewExport, Name> }
  '/entities/{name}/imports/preview': { post: Send<T.ImportPreview, { file: string; sheet?: string }, Name> }
  '/entities/{name}/imports': { post: Send<T.LongWork, T.NewImport, Name> }
  '/work': { get: Root<T.Page<T.LongWork>, never> }
  '/work/{uid}': { get: Get<T.LongWork, Uid> }
  '/work/{uid}/cancel': { post: Do<T.LongWork, Uid> }
  '/work/{uid}/undo': { post: Do<T.LongWork, Uid> }
  '/forms/{name}/links': {
    get: Get<T.Page<T.PublicLink>, Name>
    post: Send<T.MadeLink, { label: string; days: number; fixed?: Record<string, T.Wire>; per_minute?: number; most?: number }, Name>
  }
  '/forms/{name}/links/{uid}': { delete: Do<unknown, RecordPath> }
}

interface ChangePaths {
  '/definitions/drafts': { get: Root<T.Page<T.Draft>, never> }
  '/definitions/drafts/plan': { post: Ask<T.Impact, { names: string[] }> }
  '/definitions/drafts/publish': { post: Ask<T.Published, { names: string[]; note?: string; consent?: string[] }> }
  '/definitions/drafts/{kind}/{name}': {
    put: Send<T.Draft, { document: Record<string, unknown> | null; version: number; rebase?: boolean }, { kind: string; name: string }>
    delete: Do<unknown, { kind: string; name: string }>
  }
  '/definitions/files': { get: Root<{ files: Record<string, string>; revision: number }, never> }
  '/definitions/revisions': { get: Root<T.Page<T.Revision>, never> }
  '/definitions/rollback': { post: Ask<T.Published, { revision: number; note?: string; consent?: string[] }> }
  '/definitions/publications': { get: Root<T.Page<T.Publication>, never> }
  '/definitions/publications/{uid}/consent': { post: Send<unknown, { consent: string[] }, Uid> }
  '/definitions/publications/{uid}/cancel': { post: Do<unknown, Uid> }
  '/definitions/changes': { get: Root<T.Page<T.FieldChange>, never> }
  '/definitions/changes/{uid}/failures': { get: Get<T.Page<T.FailedRow>, Uid, { of?: 'records' | 'versions'; after?: number }> }
  '/definitions/changes/{uid}/undo': { post: Send<T.Published, { consent: string[] }, Uid> }
  '/definitions/used-in': { get: Root<{ items: T.Use[] }, { entity: string; field: string }> }
  '/definitions/former-fields': { get: Root<{ items: T.FormerField[] }, { entity: string }> }
  '/definitions/from-table/preview': { post: Ask<T.SheetPreview, T.SheetWanted> }
  '/definitions/from-table': { post: Ask<{ drafts: { kind: string; name: string }[]; columns: T.SheetColumn[] }, T.SheetWanted> }
  '/definitions/from-xlsform/preview': { post: Ask<T.XlsFormPreview, T.XlsFormWanted> }
  '/definitions/from-xlsform': { post: Ask<{ drafts: { kind: string; name: string }[]; left_out: T.LeftOut[] }, T.XlsFormWanted> }
  '/forms/{name}/xlsform/left-out': { get: Get<{ left_out: T.LeftOut[] }, Name> }
}

export interface MorePaths extends AccountPaths, PeoplePaths, CalendarPaths, RecordLifePaths, ChangePaths {}
