// The texts about people who leave and what is recorded about one person, brought by the chunk that needs them.
import i18next from 'i18next'
import en from './en/people'
import zh from './zh-CN/people'

i18next.addResourceBundle('zh-CN', 'people', zh)
i18next.addResourceBundle('en', 'people', en)
