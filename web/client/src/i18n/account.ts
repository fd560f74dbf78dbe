// The texts of the security page and of accounts, brought by the chunk that needs them.
import i18next from 'i18next'
import en from './en/account'
import zh from './zh-CN/account'

i18next.addResourceBundle('zh-CN', 'account', zh)
i18next.addResourceBundle('en', 'account', en)
