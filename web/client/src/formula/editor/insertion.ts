// What happens when a proposal is taken: the text, its closing brackets, where the cursor lands.

const CLOSING: Readonly<Record<string, string>> = { '(': ')', '[': ']' }

export interface Insertion {
  readonly text: string
  /** Where the cursor stands in it afterwards. */
  readonly cursor: number
  /** Something else is to be chosen at once: a field behind a dot. */
  readonly goesOn: boolean
}

function opened(text: string): string {
  const open: string[] = []
  for (const sign of text) {
    const closing = CLOSING[sign]
    if (closing) open.unshift(closing)
    else if (open[0] === sign) open.shift()
  }
  return open.join('')
}

/** `after` is what follows the cursor: a bracket that is there already is not closed again. */
export function insertion(text: string, after: string): Insertion {
  const closing = opened(text)
  const isClosed = closing === '' || /^\s*[)\]）］]/.test(after)
  return { text: isClosed ? text : text + closing, cursor: text.length, goesOn: text.endsWith('.') }
}

const OPENING = /(?:(?:^|[^\p{L}\p{N}_])\p{L}[\p{L}\p{N}_]*|[.[{｛'‘“])$/u

/** Whether proposals come by themselves: in a name, behind a dot, in quotes; not behind a number or a space. */
export const opensWhileTyping = (before: string): boolean => OPENING.test(before)
