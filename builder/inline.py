"""Replace computed fields inside a formula by what they compute: blank where that does not fit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from dsl import ir
from dsl.bounds import leaves_int64
from dsl.needs import needs_of
from dsl.per_row import as_outer

if TYPE_CHECKING:
    from dsl.diagnostics import Span
    from dsl.formula import Formula

Lookup = Callable[[str], ir.Node | None]  # dotted path -> IR of the computed field at its end


def _nothing(_path: str) -> None:
    """There is no record around the first level of rows."""


def inline(formula: Formula, lookup: Lookup, *, lookup_child: Callable[[str], Lookup]) -> Formula:
    """The same formula over stored fields only; needs and hash follow the new meaning.

    `lookup_child` gives the lookup for the rows of a child table.
    """
    node = _replaced(formula.ir, lookup, lookup_child)
    if node is formula.ir:
        return formula
    return replace(formula, ir=node, needs=needs_of(node), hash=ir.hash_of(node))


def _replaced(
    node: ir.Node, lookup: Lookup, lookup_child: Callable[[str], Lookup], outer: Lookup = _nothing
) -> ir.Node:
    match node:
        case ir.Field(path=path):
            found = (outer if node.outer else lookup)(path)
            if found is None or (node.outer and _reads_rows(found)):
                return node
            prefix, dot, _ = path.rpartition(".")
            moved = _moved(found, prefix + dot, span=node.span)
            fitting = _fitting(moved) if leaves_int64(found) else moved
            return as_outer(fitting) if node.outer else fitting
        case ir.Call(args=args):
            changed = tuple(_replaced(arg, lookup, lookup_child, outer) for arg in args)
            same = all(a is b for a, b in zip(args, changed, strict=True))
            return node if same else replace(node, args=changed)
        case ir.Fold():
            return _replaced_fold(node, lookup, lookup_child, outer)
        case _:
            return node


def _replaced_fold(
    node: ir.Fold, lookup: Lookup, lookup_child: Callable[[str], Lookup], outer: Lookup
) -> ir.Node:
    child = lookup_child(node.rows)
    where = None if node.where is None else _replaced(node.where, child, lookup_child, lookup)
    values = tuple(_replaced(value, child, lookup_child, lookup) for value in node.values)
    args = tuple(_replaced(arg, lookup, lookup_child, outer) for arg in node.args)
    pairs = zip((node.where, *node.values, *node.args), (where, *values, *args), strict=True)
    same = all(before is after for before, after in pairs)
    return node if same else replace(node, where=where, values=values, args=args)


def _reads_rows(node: ir.Node) -> bool:
    """Whether it has a loop of its own, which a filter over rows can not hold; it stays a field."""
    return any(isinstance(part, ir.Fold) for part in ir.walk(node))


def _fitting(node: ir.Node) -> ir.Node:
    """A field has the value that a list shows of it: beyond 64 bits none, with a reason."""
    return ir.Call("fits_int64", (node,), node.type, node.span)


def _moved(node: ir.Node, prefix: str, *, span: Span | None) -> ir.Node:
    """The IR of a computed field as seen from the start of the path that led to it."""
    match node:
        case ir.Field(path=path, outer=False):
            return replace(node, path=prefix + path, span=span)
        case ir.Call(args=args):
            moved = tuple(_moved(arg, prefix, span=span) for arg in args)
            return replace(node, args=moved, span=span)
        case ir.Fold(rows=rows, args=args):
            moved = tuple(_moved(arg, prefix, span=span) for arg in args)
            return replace(node, rows=prefix + rows, args=moved, span=span)
        case _:
            return replace(node, span=span)
