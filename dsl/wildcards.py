"""Wildcards as in Excel: `*` is any text, `?` one character, `~` before one of them itself.

Each executor has a form of its own that never tries more than text times pattern steps; regular
expressions have none that is equal everywhere (docs/adr/0015).
"""

from __future__ import annotations

import re
from functools import lru_cache

MANY, ONE = "*", "?"
ESCAPE = "~"
# A character that stands for itself is written in brackets in the one, after ESCAPE in the other.
_GLOB, _LIKE = "*?[", "%_~"


def has_wildcards(text: str) -> bool:
    """Whether a criterion is a pattern and not just a value."""
    return MANY in text or ONE in text


def parts(pattern: str) -> list[tuple[str, bool]]:
    """The characters of a pattern, each with whether it is a wildcard."""
    found: list[tuple[str, bool]] = []
    signs = iter(range(len(pattern)))
    for at in signs:
        sign = pattern[at]
        after = pattern[at + 1 : at + 2]
        if sign == ESCAPE and after and after in MANY + ONE + ESCAPE:
            next(signs)
            found.append((after, False))
        elif (sign, True) != (MANY, found[-1:] == [(MANY, True)]):
            found.append((sign, sign in MANY + ONE))
    return found


def matches(text: str, pattern: str) -> bool:
    """Whether a whole text fits a pattern; case counts."""
    return _expression(pattern).fullmatch(text) is not None


@lru_cache(maxsize=256)
def _expression(pattern: str) -> re.Pattern[str]:
    """Pieces between stars are found from the left and never looked for again."""
    pieces = [""]
    for sign, wild in parts(pattern):
        if wild and sign == MANY:
            pieces.append("")
        else:
            pieces[-1] += "." if wild else re.escape(sign)
    first, *rest = pieces
    middle = "".join(f"(?>.*?{piece})" for piece in rest[:-1])
    last = f".*{rest[-1]}" if rest else ""
    return re.compile(first + middle + last, re.DOTALL)


def as_glob(pattern: str) -> str:
    """The pattern for SQLite's GLOB."""
    return "".join(
        sign if wild or sign not in _GLOB else f"[{sign}]" for sign, wild in parts(pattern)
    )


def as_like(pattern: str) -> str:
    """The pattern for LIKE with the escape `~`."""
    wildcards = {MANY: "%", ONE: "_"}
    return "".join(
        wildcards[sign] if wild else ESCAPE + sign if sign in _LIKE else sign
        for sign, wild in parts(pattern)
    )
