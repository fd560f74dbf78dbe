"""Expressions over child rows inside an aggregate: `SUM(lines.quantity * lines.price)`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from dsl import ast
from dsl import types as t
from dsl.functions import find_function
from dsl.ir import Call, Field, Fold, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dsl.ir import Node
    from dsl.scope import RowScope

# What may be computed for each row; an expression is never blank by row, so nothing counts one.
PER_ROW = frozenset({"summable", "averaged", "ordered"})
_ROWED = PER_ROW | {"rows", "countable"}


def reads_rows(node: ast.Node, scope: RowScope) -> bool:
    """Whether an expression names child rows outside an aggregate of its own."""
    return any(_leads_to_rows(path, scope) for path in _paths(node))


def _paths(node: ast.Node) -> Iterator[ast.Path]:
    stack = [node]
    while stack:
        current = stack.pop()
        if isinstance(current, ast.Path):
            yield current
        elif not isinstance(current, ast.Call) or not _folds_rows(current):
            stack.extend(ast.children(current))


def _folds_rows(call: ast.Call) -> bool:
    function = find_function(call.name)
    return function is not None and any(p.kind in _ROWED for p in function.parameters)


def _leads_to_rows(path: ast.Path, scope: RowScope) -> bool:
    here: RowScope | None = scope
    for segment in path.segments:
        found = () if here is None else here.find(segment.name)
        if len(found) != 1:
            return False
        kind = found[0].type
        if isinstance(kind, t.Rows):
            return True
        here = here.entity_of(kind.entity) if here and isinstance(kind, t.Reference) else None
    return False


def is_of_one_row(node: Node) -> bool:
    """Whether a part reads neither other rows nor what lies two records up."""
    return not any(isinstance(x, Fold) or (isinstance(x, Field) and x.outer) for x in walk(node))


def as_outer(node: Node) -> Node:
    """A value of the record as a row of it reads it."""
    if isinstance(node, Field):
        return replace(node, outer=True)
    if isinstance(node, Call):
        return replace(node, args=tuple(map(as_outer, node.args)))
    return node
