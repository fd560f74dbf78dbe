// The texts of the formula editor and its workbench, brought by the chunk that needs them.
import en from './en/formula'
import texts from './texts'
import zh from './zh-CN/formula'

texts.add('zh-CN', 'formula', zh)
texts.add('en', 'formula', en)
