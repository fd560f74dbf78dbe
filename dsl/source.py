"""Turn what a user typed into the text the grammar reads, one character for one character."""

from __future__ import annotations

import re
from dataclasses import dataclass

from dsl.codes import BAD_CHARACTER, TOO_DEEP, TOO_LONG, UNCLOSED_NAME, UNCLOSED_TEXT
from dsl.diagnostics import Diagnostic, Span

MAX_LENGTH = 4096
MAX_DEPTH = 64
MAX_NODES = 1000

# Every printable ASCII sign has a full-width twin 0xFEE0 higher.
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_SIGNS = str.maketrans(
    {
        "　": " ",
        "\u00a0": " ",
        "×": "*",
        "∙": "*",
        "÷": "/",
        "−": "-",
        "–": "-",
        "、": ",",
        "【": "[",
        "】": "]",
        "。": ".",
    }
)
_MAP = _FULL_WIDTH | _SIGNS
# NUL and halves of characters: no text in a database can hold them, so no formula may.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_OPENING = re.compile("[\"'“”‘’{＂＇｛]")
_CLOSERS = {'"': '"', "'": "'", "“": "”", "”": "”", "‘": "’", "’": "’", "{": "}"}


def fold(text: str) -> str:
    """The half-width form of a name, so that `目标１` finds `目标1`."""
    return text.translate(_MAP).strip()


@dataclass(frozen=True, slots=True)
class Source:
    """A text ready for the lexer: same length as the original, bodies of strings blanked out."""

    original: str
    text: str

    def quoted(self, span: Span) -> str:
        """The content of the string or the braced name at that span."""
        body = self.original[span.start + 1 : span.end - 1]
        quote = fold(self.original[span.start])
        return body.replace(quote * 2, quote) if quote in {'"', "'"} else body

    def position(self, offset: int) -> tuple[int, int]:
        """The line and column of an offset, both from 1."""
        before = self.original[:offset]
        return before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1


def read_source(original: str) -> Source | Diagnostic:
    """Map full-width signs outside strings and refuse what is too long or too deep."""
    if len(original) > MAX_LENGTH:
        args = {"length": str(len(original)), "limit": str(MAX_LENGTH)}
        return Diagnostic(TOO_LONG, args, Span(MAX_LENGTH, len(original)))
    unstorable = _UNSTORABLE.search(original)
    if unstorable is not None:
        args = {"found": f"U+{ord(unstorable.group()):04X}"}
        return Diagnostic(BAD_CHARACTER, args, Span(*unstorable.span()))
    pieces: list[str] = []
    at = 0
    while (opening := _OPENING.search(original, at)) is not None:
        start = opening.start()
        sign = opening.group()
        closer = _CLOSERS.get(sign) or _CLOSERS[fold(sign)]
        end = _find_end(original, start, closer)
        if end is None:
            code = UNCLOSED_NAME if closer == "}" else UNCLOSED_TEXT
            return Diagnostic(code, {}, Span(start, len(original)))
        first, last = ("{", "}") if closer == "}" else ('"', '"')
        blank = "_" * (end - start - 2)
        pieces += [original[at:start].translate(_MAP), first, blank, last]
        at = end
    text = "".join([*pieces, original[at:].translate(_MAP)])
    return _too_deep(text) or Source(original, text)


def _too_deep(text: str) -> Diagnostic | None:
    """The bracket that is one too many inside others."""
    if text.count("(") + text.count("[") <= MAX_DEPTH:
        return None
    depth = 0
    for at, sign in enumerate(text):
        depth += (sign in "([") - (sign in ")]")
        if depth > MAX_DEPTH:
            return Diagnostic(TOO_DEEP, {"limit": str(MAX_DEPTH)}, Span(at, at + 1))
    return None


def _find_end(text: str, start: int, closer: str) -> int | None:
    """The offset behind the closing sign; a doubled ASCII quote is part of the text."""
    at = start + 1
    while at < len(text):
        if text[at] == closer or fold(text[at]) == closer:
            doubled = closer in {'"', "'"} and text[at + 1 : at + 2] == closer
            if not doubled:
                return at + 1
            at += 1
        at += 1
    return None
