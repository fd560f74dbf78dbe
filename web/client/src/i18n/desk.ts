// The texts of the desk client: Chinese at once, English when it is wanted.
import admin from './zh-CN/admin'
import common from './zh-CN/common'
import desk from './zh-CN/desk'
import form from './zh-CN/form'
import metrics from './zh-CN/metrics'
import records from './zh-CN/records'
import rules from './zh-CN/rules'
import work from './zh-CN/work'
import type { Texts } from './start'

export const deskTexts: Texts = {
  chinese: { admin, common, desk, form, metrics, records, rules, work },
  english: () => import('./en/all').then((all) => all.default),
}
