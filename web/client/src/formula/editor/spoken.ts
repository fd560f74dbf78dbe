// A formula is written in the reader's language: when that changes, its names and functions follow.
import type { FormulaAnswer } from './asking'

/** The language a formula is written in, and whether it is to be said in another one. */
export class Spoken {
  private written: string
  /** The text as it stood when another language came, until the server has judged it. */
  private waiting: string | null = null

  constructor(language: string) {
    this.written = language
  }

  /** Whether the text is to be said anew: it stands as it did when the language changed, and was found right. */
  turns(language: string, text: string, answer: FormulaAnswer | null): boolean {
    if (language === this.written) {
      this.waiting = null
      return false
    }
    this.waiting ??= text
    const isSame = this.waiting === text
    if (isSame && answer?.text !== text) return false // it will be judged in a moment
    this.written = language
    this.waiting = null
    return isSame && Boolean(answer?.diagnosis?.type)
  }
}
