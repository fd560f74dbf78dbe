"""Put values into a formula: what is known becomes constant, the rest is asked of records."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dsl import ir
from dsl.formula import Formula
from dsl.needs import needs_of
from dsl.types import Boolean

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dsl.types import Raw


def bind(node: ir.Node, known: Mapping[str, Raw], *, roots: Sequence[str]) -> ir.Node:
    """The formula with the paths under the roots replaced by their values; null when unknown."""
    match node:
        case ir.Field(path=path, type=kind) if path in known or path.partition(".")[0] in roots:
            return ir.Const(known.get(path), kind)
        case ir.Call(op=op, args=args, type=kind):
            return ir.Call(op, tuple(bind(arg, known, roots=roots) for arg in args), kind)
        case ir.Fold():
            where = None if node.where is None else bind(node.where, known, roots=roots)
            values = tuple(bind(value, known, roots=roots) for value in node.values)
            args = tuple(bind(arg, known, roots=roots) for arg in node.args)
            return ir.Fold(node.kind, node.rows, where, values, args, node.type)
        case _:
            return node


def truth(node: ir.Node) -> Formula:
    """A condition that was made, not typed."""
    return Formula("", "", Boolean(), node, needs_of(node), ir.hash_of(node))


def both(one: Formula | None, other: Formula | None) -> Formula | None:
    """A condition that holds when both do."""
    if one is None or other is None:
        return one or other
    return truth(ir.Call("and", (one.ir, other.ir), Boolean()))
