"""Rearrange written statements: fields read where they are used, branches as one expression."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


_PLACE = {"lineno": 1, "end_lineno": 1, "col_offset": 0, "end_col_offset": 0}


def _walk(node: ast.AST) -> Iterator[ast.AST]:
    """Like `ast.walk`, in a third of the time."""
    stack: list[object] = [node]
    while stack:
        part = stack.pop()
        if isinstance(part, list):
            stack.extend(part)
        elif isinstance(part, ast.AST):
            stack.extend(vars(part).values())
            yield part


def locate(module: ast.Module) -> None:
    """Give every node the place the compiler asks for."""
    for node in _walk(module):
        if isinstance(node, ast.expr | ast.stmt | ast.arg):
            vars(node).update(_PLACE)


def late(reads: list[ast.stmt], body: list[ast.stmt]) -> list[ast.stmt]:
    """The statements with each read moved into the only branches that use its variable."""
    placed: dict[int, list[ast.stmt]] = {}
    uses = _Uses()
    for read in reads:
        if isinstance(read, ast.Assign) and isinstance(read.targets[0], ast.Name):
            _place(read, read.targets[0].id, body, placed, uses)
    return _merged(body, placed)


class _Uses:
    """The names below each node, found once."""

    def __init__(self) -> None:
        self._known: dict[int, frozenset[str]] = {}

    def of(self, node: ast.AST) -> frozenset[str]:
        """The names that occur in a node."""
        found = self._known.get(id(node))
        if found is None:
            names = {part.id for part in _walk(node) if isinstance(part, ast.Name)}
            found = self._known[id(node)] = frozenset(names)
        return found


def _place(
    read: ast.stmt, name: str, body: list[ast.stmt], placed: dict[int, list[ast.stmt]], uses: _Uses
) -> None:
    """Put a read before the first statement that uses it, or into its branches if it is an if."""
    using = [statement for statement in body if name in uses.of(statement)]
    if not using:
        return
    first = using[0]
    if len(using) == 1 and isinstance(first, ast.If) and name not in uses.of(first.test):
        _place(read, name, first.body, placed, uses)
        _place(read, name, first.orelse, placed, uses)
    else:
        placed.setdefault(id(first), []).append(read)


def _merged(body: list[ast.stmt], placed: dict[int, list[ast.stmt]]) -> list[ast.stmt]:
    merged: list[ast.stmt] = []
    for statement in body:
        if isinstance(statement, ast.If):
            statement.body = _merged(statement.body, placed)
            statement.orelse = _merged(statement.orelse, placed)
        merged += [*placed.get(id(statement), ()), statement]
    return merged


def as_expression(body: list[ast.stmt]) -> ast.expr | None:
    """Branches that each append one value as the one value of a list comprehension.

    There a variable assigned on the way would belong to the function around it, which is slower.
    """
    found = _chosen(body)
    if found is None or any(isinstance(part, ast.NamedExpr) for part in _walk(found)):
        return None
    return found


def _chosen(body: list[ast.stmt]) -> ast.expr | None:
    match body:
        case [ast.Expr(value=ast.Call(args=[value]))]:
            return value
        case [ast.If(test=test, body=then, orelse=otherwise)]:
            first, second = _chosen(then), _chosen(otherwise)
            return None if first is None or second is None else ast.IfExp(test, first, second)
        case _:
            return None
