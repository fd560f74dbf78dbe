// The texts of the formula editor and its workbench, brought by the chunk that needs them.
import i18next from 'i18next'
import en from './en/formula'
import zh from './zh-CN/formula'

i18next.addResourceBundle('zh-CN', 'formula', zh)
i18next.addResourceBundle('en', 'formula', en)
