"""What the functions share: their arguments as nodes, and nodes seen from a child row."""

from __future__ import annotations

from dataclasses import replace

from dsl import build
from dsl.functions.spec import Argument, RowsValue
from dsl.ir import Call, Field, Fold, Node
from dsl.types import DIVISION_SCALE, Number

EIGHT = Number(DIVISION_SCALE)


def nodes_of(args: tuple[Argument, ...]) -> tuple[Node, ...]:
    """The arguments that are values."""
    return tuple(arg for arg in args if not isinstance(arg, RowsValue))


def eight(node: Node) -> Node:
    """A number with 8 decimals."""
    return build.rescale(node, DIVISION_SCALE)


def whole(node: Node) -> Node:
    """A number cut to a whole one, as Excel does with counts."""
    return build.rescale(node, 0, op="div_down")


def seen_from_child(node: Node) -> Node | None:
    """A value of the record as its child rows see it; None when that cannot be said."""
    match node:
        case Field(outer=False):
            return replace(node, outer=True)
        case Field() | Fold():
            return None
        case Call(args=args):
            seen = [seen_from_child(arg) for arg in args]
            known = tuple(arg for arg in seen if arg is not None)
            return replace(node, args=known) if len(known) == len(seen) else None
        case _:
            return node
