// The texts about changing what is defined, brought by the chunk that needs them.
import en from './en/change'
import texts from './texts'
import zh from './zh-CN/change'

texts.add('zh-CN', 'change', zh)
texts.add('en', 'change', en)
