"""Cut a source into tokens; the words AND, OR, IN, BETWEEN are operators only behind a value."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, ClassVar

from dsl.codes import BAD_CHARACTER, STRAY_PERCENT
from dsl.diagnostics import Diagnostic, Span
from dsl.units import BY_SPELLING

if TYPE_CHECKING:
    from dsl.source import Source

_SPELLINGS = "|".join(sorted(BY_SPELLING, key=len, reverse=True))
_PATTERN = re.compile(
    rf"""
    \s*(?:
    (?P<DATE>[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}(?!\w))
  | (?P<NUMBER>(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:\s*%|\s*(?:{_SPELLINGS})(?!\w)|\w*))
  | (?P<NAME>[^\W\d]\w*)
  | (?P<TEXT>"[^"]*")
  | (?P<BRACED>\{{[^}}]*\}})
  | (?P<COMPARE><=|>=|<>|!=|==|=|<|>|≤|≥|≠)
  | (?P<sign>&&|\|\||[-+*/^()\[\],;.&!])
  | (?P<end>\Z)
  | (?P<other>.)
    )
    """,
    re.VERBOSE | re.DOTALL,
)
_SIGNS = {
    "&&": "_AND",
    "||": "_OR",
    "&": "_AMP",
    "+": "PLUS",
    "-": "MINUS",
    "*": "TIMES",
    "/": "TIMES",
    "^": "POWER",
    "(": "LPAR",
    ")": "RPAR",
    "[": "LSQB",
    "]": "RSQB",
    ",": "_COMMA",
    ";": "_COMMA",
    ".": "_DOT",
    "!": "NOT",
}
_INFIX = {"AND": "_AND", "OR": "_OR", "IN": "_IN", "BETWEEN": "_BETWEEN", "NOT": "NOT"}
_CALLED = re.compile(r"\s*\(")
_ENDS_VALUE = frozenset({"NUMBER", "TEXT", "DATE", "NAME", "BRACED", "RPAR", "RSQB"})


class Token:
    """One token; `node` is its value. The line attributes are what Lark expects to find."""

    __slots__ = ("end_pos", "node", "start_pos", "text", "type")
    line: ClassVar[int] = 1
    column: ClassVar[int] = 1
    end_line: ClassVar[int] = 1
    end_column: ClassVar[int] = 1

    def __init__(self, kind: str, text: str, start: int) -> None:
        self.type = kind
        self.text = text
        self.node: Any = text
        self.start_pos = start
        self.end_pos = start + len(text)

    @property
    def span(self) -> Span:
        """Where it stands."""
        return Span(self.start_pos, self.end_pos)


def tokens(source: Source) -> list[Token] | Diagnostic:
    """All tokens, or the first character that can not begin one."""
    found: list[Token] = []
    before = ""  # the kind of the token before
    for match in _PATTERN.finditer(source.text):
        kind = match.lastgroup or ""
        text, start = match[kind], match.start(kind)
        if kind == "sign":
            kind = _SIGNS[text]
        elif kind == "NAME":
            kind = _word(text, match, before)
        elif kind == "other":
            code = STRAY_PERCENT if text == "%" else BAD_CHARACTER
            return Diagnostic(code, {"found": source.original[start]}, Span(start, start + 1))
        elif kind == "end":
            break
        found.append(Token(kind, text, start))
        before = kind
    return found


def _word(word: str, match: re.Match[str], before: str) -> str:
    """The kind of a word: behind a value only an operator fits, elsewhere it is a name."""
    if before in _ENDS_VALUE:
        return _INFIX.get(word.upper(), "NAME")
    if before == "NOT" and word.upper() == "IN":
        return "_IN"
    if word != "NOT" or before == "_DOT":
        return "NAME"
    return "NAME" if _CALLED.match(match.string, match.end()) else "NOT"
