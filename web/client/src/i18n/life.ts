// The texts of lists and records beyond the first look, brought by the chunk that needs them.
import i18next from 'i18next'
import en from './en/life'
import zh from './zh-CN/life'

i18next.addResourceBundle('zh-CN', 'life', zh)
i18next.addResourceBundle('en', 'life', en)
