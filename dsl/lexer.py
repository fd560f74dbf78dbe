"""Cut a source into tokens; the words AND, OR, IN, BETWEEN are operators only behind a value."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar

from dsl.codes import BAD_CHARACTER, STRAY_PERCENT
from dsl.diagnostics import Diagnostic, Span
from dsl.units import BY_SPELLING

if TYPE_CHECKING:
    from dsl.source import Source

_SPELLINGS = "|".join(sorted(BY_SPELLING, key=len, reverse=True))
_PATTERN = re.compile(
    rf"""
    (?P<space>\s+)
  | (?P<DATE>[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}(?!\w))
  | (?P<NUMBER>(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:\s*%|\s*(?:{_SPELLINGS})(?!\w)|\w*))
  | (?P<NAME>[^\W\d]\w*)
  | (?P<TEXT>"[^"]*")
  | (?P<BRACED>\{{[^}}]*\}})
  | (?P<COMPARE><=|>=|<>|!=|==|=|<|>|≤|≥|≠)
  | (?P<sign>&&|\|\||[-+*/^()\[\],;.&!])
    """,
    re.VERBOSE,
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
    """One token; the line attributes are what the parser generator expects to find."""

    __slots__ = ("end_pos", "start_pos", "text", "type")
    line: ClassVar[int] = 1
    column: ClassVar[int] = 1
    end_line: ClassVar[int] = 1
    end_column: ClassVar[int] = 1

    def __init__(self, kind: str, text: str, start: int) -> None:
        self.type = kind
        self.text = text
        self.start_pos = start
        self.end_pos = start + len(text)

    @property
    def span(self) -> Span:
        """Where it stands."""
        return Span(self.start_pos, self.end_pos)


def tokens(source: Source) -> list[Token] | Diagnostic:
    """All tokens, or the first character that can not begin one."""
    found: list[Token] = []
    text = source.text
    at = 0
    while at < len(text):
        match = _PATTERN.match(text, at)
        if match is None:
            code = STRAY_PERCENT if text[at] == "%" else BAD_CHARACTER
            return Diagnostic(code, {"found": source.original[at]}, Span(at, at + 1))
        kind = match.lastgroup or ""
        if kind != "space":
            found.append(_token(kind, match, found))
        at = match.end()
    return found


def _token(kind: str, match: re.Match[str], before: list[Token]) -> Token:
    text = match.group()
    if kind == "sign":
        kind = _SIGNS[text]
    elif kind == "NAME":
        kind = _word(match, before)
    return Token(kind, text, match.start())


def _word(match: re.Match[str], before: list[Token]) -> str:
    """The kind of a word: behind a value only an operator fits, elsewhere it is a name."""
    word = match.group()
    if before and before[-1].type in _ENDS_VALUE:
        return _INFIX.get(word.upper(), "NAME")
    after_dot = bool(before) and before[-1].type == "_DOT"
    called = _CALLED.match(match.string, match.end()) is not None
    after_not = bool(before) and before[-1].type == "NOT"
    if after_not and word.upper() == "IN":
        return "_IN"
    return "NOT" if word == "NOT" and not called and not after_dot else "NAME"
