// The texts of lists and records beyond the first look, brought by the chunk that needs them.
import en from './en/life'
import texts from './texts'
import zh from './zh-CN/life'

texts.add('zh-CN', 'life', zh)
texts.add('en', 'life', en)
