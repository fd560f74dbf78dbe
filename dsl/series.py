"""Values of earlier periods: `value[-2]` is what `value` was two periods ago."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from dsl.ir import Call, Const, Field, Fold, Node, Param

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

MOST_PERIODS = 60
_BACK = re.compile(r"(.*)\[-([0-9]+)\]")


def split(path: str) -> tuple[str, int]:
    """The name in a path and how many periods ago."""
    found = _BACK.fullmatch(path)
    return (path, 0) if found is None else (found[1], int(found[2]))


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
            name, back = split(path)
            if name not in names or not periods:
                return node
            return replace(node, path=f"{name}[-{back + periods}]")
        case Call(args=args):
            return replace(node, args=tuple(_shifted(arg, periods, names) for arg in args))
        case Const() | Param() | Fold():
            return node
