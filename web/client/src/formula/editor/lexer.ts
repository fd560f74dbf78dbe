// The parts of a formula that have a colour of their own; what they mean is the server's to say.

export type TokenKind = 'text' | 'date' | 'number' | 'word' | 'operator' | 'bracket'

export interface Token {
  readonly from: number
  readonly to: number
  readonly kind: TokenKind
}

// full-width digits, quotes and signs are typed as often as the others
const PARTS: readonly (readonly [TokenKind | 'name', RegExp])[] = [
  ['text', /'(?:[^']|'')*'?|"(?:[^"]|"")*"?|“[^”]*”?|‘[^’]*’?|＇[^＇]*＇?|＂[^＂]*＂?/y],
  ['name', /[{｛][^}｝]*[}｝]?/y],
  ['date', /\d{4}-\d{1,2}-\d{1,2}(?:T[\d:.]+(?:Z|[+-]\d{2}:\d{2})?)?/y],
  ['number', /[\d０-９]+(?:[.．][\d０-９]+)?(?:[%％]|[\p{L}]+)?/uy],
  ['word', /(?:AND|OR|NOT|IN|BETWEEN|TRUE|FALSE|NULL)(?![\p{L}\p{N}_])/iuy],
  ['name', /[\p{L}_][\p{L}\p{N}_]*/uy],
  ['operator', /[-+*/^&=<>!×÷−≠≤≥＋－＊／＝＜＞＆]+/y],
  ['bracket', /[()[\],（），［］]/y],
]

/** The parts in order; names and what cannot be read are left out. */
export function tokens(text: string): readonly Token[] {
  const found: Token[] = []
  for (let at = 0; at < text.length; ) {
    const part = partAt(text, at)
    if (part && part.kind !== 'name') found.push({ from: at, to: part.end, kind: part.kind })
    at = part?.end ?? at + 1
  }
  return found
}

function partAt(text: string, at: number): { kind: TokenKind | 'name'; end: number } | null {
  for (const [kind, pattern] of PARTS) {
    pattern.lastIndex = at
    if (pattern.test(text)) return { kind, end: pattern.lastIndex }
  }
  return null
}
