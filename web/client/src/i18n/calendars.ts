// The texts about calendars, brought by the chunk that needs them.
import i18next from 'i18next'
import en from './en/calendars'
import zh from './zh-CN/calendars'

i18next.addResourceBundle('zh-CN', 'calendars', zh)
i18next.addResourceBundle('en', 'calendars', en)
