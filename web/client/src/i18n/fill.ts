// The texts of the phone client: Chinese at once, English when it is wanted.
import type { Texts } from './start'
import common from './zh-CN/common'
import fill from './zh-CN/fill'
import form from './zh-CN/form'

export const fillTexts: Texts = {
  chinese: { common, fill, form },
  english: () => import('./en/phone').then((all) => all.default),
}
