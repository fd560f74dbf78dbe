// The texts about rights of roles, brought by the chunk that needs them.
import i18next from 'i18next'
import en from './en/roles'
import zh from './zh-CN/roles'

i18next.addResourceBundle('zh-CN', 'roles', zh)
i18next.addResourceBundle('en', 'roles', en)
