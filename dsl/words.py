"""How the types are called in messages, and which name a typist meant."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from dsl import types as t
from dsl.pinyin import LONGEST, is_chinese, sounds_alike, syllables

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
    t.Pointer: ("任意关联", "a pointer to records of several kinds"),
    t.Rows: ("明细表", "child rows"),
}


def words(kind: Type | None) -> tuple[str, str]:
    """The name of a type in zh-CN and en; None is the type of NULL."""
    return ("空值", "NULL") if kind is None else _WORDS[type(kind)]


def got(kind: Type | None, prefix: str = "got") -> dict[str, str]:
    """Message arguments that name a type in both languages."""
    chinese, english = words(kind)
    return {prefix: english, f"{prefix}_zh": chinese}


_SHORT, _MIDDLE = 3, 8  # characters


def closest(name: str, candidates: Iterable[str]) -> str | None:
    """The candidate a typist most likely meant: a homophone first, then the fewest edits.

    An input method confuses what sounds alike, so `进都` is `进度`; `jindu` is as well.
    """
    return _closest(name, tuple(candidates))


@lru_cache(maxsize=256)  # while a formula is typed, its wrong names are looked up at every stroke
def _closest(name: str, candidates: tuple[str, ...]) -> str | None:
    folded = {candidate.casefold(): candidate for candidate in candidates}
    typed = name.casefold()
    if typed in folded:
        return folded[typed]
    if len(typed) > LONGEST:
        return None
    near = _nearest(typed, folded)
    found = _alike(typed, folded, best=near) or near
    return None if found is None else folded[found]


def _alike(typed: str, folded: Iterable[str], *, best: str | None) -> str | None:
    """The Chinese name that sounds like what was typed; not looked for behind a good match."""
    if is_chinese(typed):
        same = [each for each in folded if sounds_alike(typed, each)]
        # the typist's own characters count: of two homophones the one with more of them is meant
        return max(same, key=lambda each: sum(c in typed for c in each), default=None)
    if best is not None or not typed.isalpha():
        return None
    chinese = (each for each in folded if len(each) < len(typed) and is_chinese(each))
    return next((each for each in chinese if "".join(syllables(each)) == typed), None)


def _nearest(typed: str, folded: Iterable[str]) -> str | None:
    """The name with the fewest edits, in proportion; None when all are too far."""
    best, least, letters = None, 1.0, set(typed)
    for each in folded:
        longer = max(len(typed), len(each))
        allowed = min(edits_allowed(longer), least * longer - 1e-9)
        # most names are far away, which their lengths and letters tell without counting edits
        far = allowed < 1 or abs(len(each) - len(typed)) > allowed
        if far or len(letters.difference(each)) > allowed:
            continue
        edits = distance(typed, each, most=int(allowed))
        if edits is not None:
            best, least = each, edits / longer
    return best


def edits_allowed(length: int) -> int:
    """How many wrong letters still leave a name of that length recognisable."""
    return 1 if length <= _SHORT else 2 if length <= _MIDDLE else length // 4 + 1


def distance(left: str, right: str, *, most: int) -> int | None:
    """How many letters to change, add, drop or swap with the next; None when more than `most`."""
    left, right = _differing(left, right)
    before: list[int] = []
    row = list(range(len(right) + 1))
    for at, sign in enumerate(left, 1):
        older, before, row = before, row, [at]
        for to, other in enumerate(right, 1):
            cost = min(before[to] + 1, row[to - 1] + 1, before[to - 1] + (sign != other))
            swapped = at > 1 and to > 1 and sign == right[to - 2] and other == left[at - 2]
            row.append(min(cost, older[to - 2] + 1) if swapped else cost)
        if min(row) > most:
            return None
    return row[-1] if row[-1] <= most else None


def _differing(left: str, right: str) -> tuple[str, str]:
    """What is left of two texts without their common start and end."""
    start, least = 0, min(len(left), len(right))
    while start < least and left[start] == right[start]:
        start += 1
    end = 0
    while end < least - start and left[-1 - end] == right[-1 - end]:
        end += 1
    return left[start : len(left) - end], right[start : len(right) - end]


def hint(suggestion: str | None) -> dict[str, str]:
    """Message arguments for the tail that offers the closest name."""
    if suggestion is None:
        return {"hint": "", "hint_zh": ""}
    return {"hint": f"; did you mean '{suggestion}'?", "hint_zh": f"，是不是“{suggestion}”？"}
