import type { Translated } from '../translated'
import type zh from '../zh-CN/files'

export default {
  choose: 'Choose a file',
  chooseImage: 'Choose a picture',
  replace: 'Choose another',
  camera: 'Take a photo',
  album: 'From the album',
  drop: 'or drop it here',
  limit: '{{kinds}}, up to {{most}} MB',
  documents: 'Picture, PDF, Word, Excel, CSV or text',
  images: 'PNG, JPEG, WebP or GIF picture',
  uploading: 'Uploading {{percent}}%',
  ready: 'Uploaded',
  stop: 'Stop uploading {{name}}',
  remove: 'Remove {{name}}',
  open: 'Open {{name}}',
  tooLarge: '"{{name}}" has {{size}} MB; {{most}} MB is the most.',
  wrongKind: 'Files like "{{name}}" are not taken. Possible: {{kinds}}.',
  empty: '"{{name}}" is empty.',
  offline: 'No network: the file was not sent. Choose it again when you are online.',
  failed: 'The file was not sent. Please try again.',
} satisfies Translated<typeof zh>
