// The texts of file fields, brought by the chunk that needs them.
import en from './en/files'
import texts from './texts'
import zh from './zh-CN/files'

texts.add('zh-CN', 'files', zh)
texts.add('en', 'files', en)
