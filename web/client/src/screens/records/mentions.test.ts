import { expect, test } from 'vitest'
import { mentionedIn, partsOf } from './mentions'

const WANG = { uid: 'a', display: '王伟' }
const LONG = { uid: 'b', display: '王伟民' }

test('only who still stands in the text is meant, each once', () => {
  expect(mentionedIn('@王伟 看看', [WANG, WANG, { uid: 'c', display: '李' }])).toEqual([WANG])
})

test('a longer name is not cut by a shorter one', () => {
  expect(partsOf('问 @王伟民 和 @王伟。', [WANG, LONG])).toEqual([
    { text: '问 ', isName: false },
    { text: '@王伟民', isName: true },
    { text: ' 和 ', isName: false },
    { text: '@王伟', isName: true },
    { text: '。', isName: false },
  ])
})
