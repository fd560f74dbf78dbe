"""Values of earlier periods: `value[-2]` is what `value` was two periods ago."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Literal

from dsl import build
from dsl.ir import Call, Const, Field, Fold, Node, Param

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

Grain = Literal["day", "week", "month", "quarter", "year"]
MOST_PERIODS = 60
# How many periods ago the same one of the year before was, where that is not always the same.
APART = frozenset({"@day", "@week"})
_EPOCH = date(1970, 1, 1).toordinal()
_LAST_WEEK = 52
_BACK = re.compile(r"(.*)\[-([0-9]+)\]")


def split(path: str) -> tuple[str, int]:
    """The name in a path and how many periods ago."""
    found = _BACK.fullmatch(path)
    return (path, 0) if found is None else (found[1], int(found[2]))


def moved(path: str, periods: int) -> str:
    """The path of the same thing so many periods before."""
    name, back = split(path)
    return f"{name}[-{back + periods}]" if back + periods else name


def apart(grain: Grain) -> Field:
    """How many periods ago the same day or ISO week of the year before was; a leaf."""
    return Field(f"@{grain}", build.WHOLE)


def periods_apart(name: str, period: int) -> int | None:
    """The value of that leaf: none on 29 February and in a week 53, which no other one follows.

    The Thursday of a week lies in the year that ISO counts the week in.
    """
    weekly = name == "@week"
    day = date.fromordinal(_EPOCH + (period * 7 if weekly else period))
    if weekly:
        last = date(day.year - 1, 12, 28).isocalendar().week  # 28 December is in the last week
        return None if day.isocalendar().week > _LAST_WEEK else last
    try:
        return (day - day.replace(year=day.year - 1)).days
    except ValueError:
        return None


def reach(paths: Iterable[str]) -> int:
    """How many periods back a formula looks."""
    return max((split(path)[1] for path in paths), default=0)


def shifted(node: Node, periods: int, names: Collection[str]) -> Node | None:
    """What a node was so many periods ago; None when nothing in it has a past.

    Fields of the subject have none: they are as they are today.
    """
    moved = _shifted(node, periods, names)
    return None if periods and moved == node else moved


def _shifted(node: Node, periods: int, names: Collection[str]) -> Node:
    match node:
        case Field(path=path):
            name, _ = split(path)
            if not periods or (name not in names and name not in APART):
                return node
            return replace(node, path=moved(path, periods))
        case Call(args=args):
            return replace(node, args=tuple(_shifted(arg, periods, names) for arg in args))
        case Const() | Param() | Fold():
            return node
