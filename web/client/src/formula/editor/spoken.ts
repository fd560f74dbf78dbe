// A formula is written in the reader's language: when that changes, its names and functions follow.
import type { FormulaAnswer } from './asking'

/** The language a formula is written in. */
export class Spoken {
  private language: string

  constructor(language: string) {
    this.language = language
  }

  /** Whether another language is read now, and the text is as the server found it right: only that can be said anew. */
  turns(language: string, text: string, answer: FormulaAnswer | null): boolean {
    const isOther = language !== this.language
    this.language = language
    return isOther && answer?.text === text && Boolean(answer.diagnosis?.type)
  }
}
