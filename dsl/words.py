"""How the types are called in messages."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from dsl import types as t

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dsl.types import Type

_WORDS: dict[type[Type], tuple[str, str]] = {
    t.Number: ("数字", "a number"),
    t.Text: ("文本", "text"),
    t.Boolean: ("是/否", "true or false"),
    t.Date: ("日期", "a date"),
    t.DateTime: ("时间点", "an instant"),
    t.Duration: ("时长", "a length of time"),
    t.Choice: ("选项", "an option"),
    t.Reference: ("关联记录", "a reference"),
    t.Rows: ("明细表", "child rows"),
}


def words(kind: Type | None) -> tuple[str, str]:
    """The name of a type in zh-CN and en; None is the type of NULL."""
    return ("空值", "NULL") if kind is None else _WORDS[type(kind)]


def got(kind: Type | None, prefix: str = "got") -> dict[str, str]:
    """Message arguments that name a type in both languages."""
    chinese, english = words(kind)
    return {prefix: english, f"{prefix}_zh": chinese}


_LEVELS = (0.75, 0.6, 0.45)


def closest(name: str, candidates: Iterable[str]) -> str | None:
    """The candidate a typist most likely meant; short names may differ more."""
    listed = list(candidates)
    folded = {candidate.casefold(): candidate for candidate in listed}
    if name.casefold() in folded:
        return folded[name.casefold()]
    level = _LEVELS[0] if len(name) > 8 else _LEVELS[1] if len(name) > 3 else _LEVELS[2]  # noqa: PLR2004
    found = get_close_matches(name.casefold(), folded, n=1, cutoff=level)
    return folded[found[0]] if found else None


def hint(suggestion: str | None) -> dict[str, str]:
    """Message arguments for the tail that offers the closest name."""
    if suggestion is None:
        return {"hint": "", "hint_zh": ""}
    return {"hint": f"; did you mean '{suggestion}'?", "hint_zh": f"，是不是“{suggestion}”？"}
