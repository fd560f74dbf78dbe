// What the HTTP API says, by hand; docs/openapi.json says the same more loosely.
export type * from './types/common'
export type * from './types/work'
export type * from './types/forms'
export type * from './types/records'
export type * from './types/metrics'
export type * from './types/system'
export type * from './types/formulas'
