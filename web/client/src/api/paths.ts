// The routes of /api/v1 in the shape openapi-fetch reads; openapi-typescript will write the same.
import type { MorePaths } from './morePaths'
import type * as T from './types'

type Answers<Out> = {
  200: { headers: Record<string, unknown>; content: { 'application/json': Out } }
  default: { headers: Record<string, unknown>; content: { 'application/problem+json': T.Problem } }
}
type None = Record<string, never>
export interface Get<Out, Path = None, Query = None> {
  parameters: { path: Path; query?: Query }
  responses: Answers<Out>
}
export interface Send<Out, Body, Path = None> {
  parameters: { path: Path }
  requestBody: { content: { 'application/json': Body } }
  responses: Answers<Out>
}
export interface Ask<Out, Body> {
  requestBody: { content: { 'application/json': Body } }
  responses: Answers<Out>
}
export interface Do<Out, Path = None> {
  parameters: { path: Path }
  responses: Answers<Out>
}
export type Root<Out, Query> = { parameters: { query?: Query }; responses: Answers<Out> }
type Submission = { key: string; values: Record<string, T.Wire> }
type DraftBody = {
  form: string
  task?: string
  record?: string
  record_version?: number
  inputs: Readonly<Record<string, unknown>>
  base_version: number
}
export type Uid = { uid: string }
export type Name = { name: string }
export type RecordPath = { name: string; uid: string }

export interface RecordQuery {
  filter?: string
  sort?: string
  limit?: number
  cursor?: string
  q?: string
  match?: string
  columns?: string
}

export interface paths extends MorePaths {
  '/session': {
    get: Root<T.Session, None>
    post: { requestBody: { content: { 'application/json': { login: string; password: string; code?: string } } }; responses: Answers<T.Session> }
    patch: { requestBody: { content: { 'application/json': { language: string } } }; responses: Answers<T.Session> }
    delete: { responses: Answers<unknown> }
  }
  '/me/summary': { get: Root<T.Summary, None> }
  '/tasks': { get: Root<T.Page<T.Task>, { state?: string; cursor?: string }> }
  '/tasks/{uid}': { get: Get<T.TaskCard, Uid> }
  '/tasks/{uid}/submission': { post: Send<T.SubmittedTask, Submission, Uid> }
  '/alerts': { get: Root<T.Page<T.Alert>, { state?: string; cursor?: string }> }
  '/alerts/{uid}': { get: Get<T.Alert, Uid> }
  '/alerts/{uid}/acknowledge': { post: Do<unknown, Uid> }
  '/alerts/{uid}/feedback': { post: Send<unknown, { verdict: T.Verdict }, Uid> }
  '/notices': { get: Root<T.Page<T.Notice>, { cursor?: string }> }
  '/notices/{uid}/read': { post: Do<unknown, Uid> }
  '/entities': { get: Root<T.Page<T.EntitySummary>, None> }
  '/entities/{name}': { get: Get<T.EntityDescriptor, Name> }
  '/entities/{name}/records': {
    get: Get<T.Page<T.RecordItem>, Name, RecordQuery>
    post: Send<T.RecordItem, { values: Record<string, T.Wire>; key?: string }, Name>
  }
  '/entities/{name}/records/{uid}': {
    get: Get<T.RecordItem, RecordPath>
    patch: Send<T.RecordItem, { values: Record<string, T.Wire>; base_version: number; form?: string }, RecordPath>
    delete: Do<unknown, RecordPath>
  }
  '/entities/{name}/records/{uid}/history': { get: Get<T.Page<T.RecordVersion>, RecordPath> }
  '/forms/{name}': { get: Get<T.FormDescriptor, Name> }
  '/forms/{name}/choices': { post: Send<T.Page<T.LookupItem>, Omit<T.Asks, 'form'> & { q?: string; limit?: number }, Name> }
  '/forms/{name}/last': { get: Get<{ values: Record<string, T.Wire>; display_values: Record<string, string | null> }, Name> }
  '/forms/{name}/submissions': { post: Send<{ record_uid: string }, Submission, Name> }
  '/form-drafts': { get: Root<T.Page<T.DraftSummary>, { form?: string; task?: string; record?: string }> }
  '/form-drafts/{key}': {
    get: Get<T.DraftSummary & { inputs?: Record<string, unknown> }, { key: string }>
    put: Send<{ version: number }, DraftBody, { key: string }>
    delete: Do<unknown, { key: string }>
  }
  '/public/{token}': { get: Get<T.FormDescriptor, { token: string }> }
  '/public/{token}/submissions': { post: Send<{ record_uid: string }, Submission, { token: string }> }
  '/lookup/{entity}': { get: Get<T.Page<T.LookupItem>, { entity: string }, { q?: string; limit?: number }> }
  '/metrics': { get: Root<T.Page<T.MetricSummary>, None> }
  '/metrics/{name}/measurements': {
    get: Get<T.Page<T.Measurement>, Name, { subject?: string; from?: string; to?: string; cursor?: string; limit?: number }>
  }
  '/passports/{uid}': { get: Get<T.Passport, Uid> }
  '/rules': { get: Root<T.Page<T.Rule>, None> }
  '/rules/{name}/backtest': { post: Send<T.Backtest, { from: string; to: string; known: 'today' | 'then' }, Name> }
  '/formulas/diagnostics': { post: Ask<T.FormulaDiagnosis, T.FormulaPlace & { text: string }> }
  '/formulas/names': { post: Ask<T.FormulaNames, T.FormulaPlace & { path?: string }> }
  '/formulas/completions': { post: Ask<T.FormulaCompletions, T.FormulaPlace & { text: string; at: number }> }
  '/formulas/hover': { post: Ask<{ found: T.FormulaHover | null }, T.FormulaPlace & { text: string; at: number }> }
  '/formulas/rename': { post: Ask<T.FormulaEdits, T.FormulaPlace & { text: string; at: number; new: string }> }
  '/formulas/format': { post: Ask<{ text: string }, T.FormulaPlace & { text: string; names?: 'typed' | 'keys' | 'labels' }> }
  '/formulas/value': { post: Ask<T.FormulaValue, T.FormulaPlace & T.FormulaSample & { text: string }> }
  '/formulas/dependencies': { post: Ask<T.FormulaDependencies, T.FormulaPlace & { text: string }> }
  '/packs': { get: Root<T.Page<T.Pack>, None> }
  '/packs/{name}/install': { post: Send<T.Installed, { parameters: Record<string, string> }, Name> }
  '/sources': { get: Root<T.Page<T.Source>, None> }
  '/sources/{name}/test': { post: Do<T.SourceTest, Name> }
  '/sources/{name}/settings': {
    get: Get<T.SourceSettings, Name>
    put: Send<T.Settled, { values: Record<string, string> }, Name>
  }
  '/sources/{name}/run': { post: Do<unknown, Name> }
  '/sources/{name}/rejects': { get: Get<T.Page<T.Reject>, Name> }
  '/incidents': { get: Root<T.Page<T.Incident>, None> }
  '/incidents/{uid}/retry': { post: Do<unknown, Uid> }
}
