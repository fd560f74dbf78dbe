import type { Translated } from '../translated'
import type zh from '../zh-CN/fill'

export default {
  title: 'Fill in',
  signIn: 'Sign in to fill in',
  due: 'Due',
  why: 'Why you have this',
  steps: 'Look at this first',
  submittedTitle: 'Submitted',
  number: 'Number {{id}}',
  response: 'Your response time {{hours}} h',
  another: 'Fill in another',
  toWork: 'Back to my work',
  noLink: 'This link is not complete. Open it again from the message or the task card.',
  alreadyDone: 'This task is already done; nothing to fill in.',
  login: 'Account',
  password: 'Password',
  enter: 'Sign in',
  wrong: 'Account or password is wrong',
  code: 'Code of your authenticator app, or a recovery code',
  wrongCode: 'The code is wrong or was used; wait for the next one',
  points: '{{count}} points, latest {{last}}, highest {{max}}',
  noPoints: 'No data in this time',
  noRows: 'No linked records',
  loadFailed: 'It could not be opened. Check the network and try again.',
  notFound: 'Not found. The link may be out of date, or you may not see it.',
  offline: 'No network now',
} satisfies Translated<typeof zh>
