// The texts of the security page and of accounts, brought by the chunk that needs them.
import en from './en/account'
import texts from './texts'
import zh from './zh-CN/account'

texts.add('zh-CN', 'account', zh)
texts.add('en', 'account', en)
