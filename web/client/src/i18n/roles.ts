// The texts about rights of roles, brought by the chunk that needs them.
import en from './en/roles'
import texts from './texts'
import zh from './zh-CN/roles'

texts.add('zh-CN', 'roles', zh)
texts.add('en', 'roles', en)
