// Which files the server takes (runtime.files); said before a long upload, judged there.
const IMAGES = ['.png', '.jpg', '.jpeg', '.webp', '.gif']
const DOCUMENTS = ['.pdf', '.docx', '.xlsx', '.csv', '.txt']
const PICTURES = new Set(['image', 'signature'])
const MEGABYTE = 2 ** 20
export const MOST_MB = 20

export const endingsOf = (type: string): readonly string[] => (PICTURES.has(type) ? IMAGES : [...IMAGES, ...DOCUMENTS])

/** Media types for pictures, so that a phone offers its camera and turns HEIC into JPEG. */
export const acceptOf = (type: string): string =>
  PICTURES.has(type) ? 'image/png,image/jpeg,image/webp,image/gif' : endingsOf(type).join(',')

export type Unfit = 'tooLarge' | 'wrongKind' | 'empty'

export function unfit(file: { readonly name: string; readonly size: number }, type: string): Unfit | null {
  const ending = /\.[^.]*$/.exec(file.name.toLowerCase())?.[0] ?? ''
  if (!endingsOf(type).includes(ending)) return 'wrongKind'
  if (file.size === 0) return 'empty'
  return file.size > MOST_MB * MEGABYTE ? 'tooLarge' : null
}

export const megabytes = (size: number): string => (Math.ceil((size / MEGABYTE) * 10) / 10).toFixed(1)
