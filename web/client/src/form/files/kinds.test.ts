import { describe, expect, it } from 'vitest'
import { acceptOf, megabytes, unfit } from './kinds'

const file = (name: string, size = 1) => ({ name, size })

describe('what may be uploaded', () => {
  it('goes by the end of the name, in any case', () => {
    expect(unfit(file('现场.JPG'), 'image')).toBe(null)
    expect(unfit(file('report.pdf'), 'file')).toBe(null)
    expect(unfit(file('report.pdf'), 'image')).toBe('wrongKind')
    expect(unfit(file('run.exe'), 'file')).toBe('wrongKind')
    expect(unfit(file('none'), 'file')).toBe('wrongKind')
  })

  it('knows the limit and refuses nothing at all', () => {
    expect(unfit(file('a.png', 20 * 2 ** 20), 'image')).toBe(null)
    expect(unfit(file('a.png', 20 * 2 ** 20 + 1), 'image')).toBe('tooLarge')
    expect(unfit(file('a.png', 0), 'image')).toBe('empty')
    expect(megabytes(20 * 2 ** 20 + 1)).toBe('20.1')
  })

  it('asks a phone for pictures by media type', () => {
    expect(acceptOf('image')).not.toContain('.')
    expect(acceptOf('file')).toContain('.pdf')
  })
})
