// The texts of file fields, brought by the chunk that needs them.
import i18next from 'i18next'
import en from './en/files'
import zh from './zh-CN/files'

i18next.addResourceBundle('zh-CN', 'files', zh)
i18next.addResourceBundle('en', 'files', en)
