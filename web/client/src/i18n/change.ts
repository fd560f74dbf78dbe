// The texts about changing what is defined, brought by the chunk that needs them.
import i18next from 'i18next'
import en from './en/change'
import zh from './zh-CN/change'

i18next.addResourceBundle('zh-CN', 'change', zh)
i18next.addResourceBundle('en', 'change', en)
