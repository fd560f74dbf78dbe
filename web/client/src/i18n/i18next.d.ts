import 'i18next'
import type account from './zh-CN/account'
import type admin from './zh-CN/admin'
import type calendars from './zh-CN/calendars'
import type change from './zh-CN/change'
import type common from './zh-CN/common'
import type desk from './zh-CN/desk'
import type files from './zh-CN/files'
import type fill from './zh-CN/fill'
import type form from './zh-CN/form'
import type formula from './zh-CN/formula'
import type life from './zh-CN/life'
import type metrics from './zh-CN/metrics'
import type people from './zh-CN/people'
import type records from './zh-CN/records'
import type roles from './zh-CN/roles'
import type rules from './zh-CN/rules'
import type work from './zh-CN/work'

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'common'
    resources: {
      account: typeof account
      admin: typeof admin
      calendars: typeof calendars
      change: typeof change
      common: typeof common
      desk: typeof desk
      files: typeof files
      fill: typeof fill
      form: typeof form
      formula: typeof formula
      life: typeof life
      metrics: typeof metrics
      people: typeof people
      records: typeof records
      roles: typeof roles
      rules: typeof rules
      work: typeof work
    }
  }
}
