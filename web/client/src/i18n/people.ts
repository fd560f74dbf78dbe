// The texts about people who leave and what is recorded about one person, brought by the chunk that needs them.
import en from './en/people'
import texts from './texts'
import zh from './zh-CN/people'

texts.add('zh-CN', 'people', zh)
texts.add('en', 'people', en)
