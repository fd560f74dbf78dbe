"""Rearrange written statements: fields read where they are used, branches as one expression."""

from __future__ import annotations

import ast
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from dsl.backends import python_nodes as n

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


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


def late(reads: list[ast.stmt], body: list[ast.stmt]) -> list[ast.stmt]:
    """The statements with each read moved into the only branches that use its variable."""
    if not any(isinstance(statement, n.If) for statement in body):
        return [*reads, *body]
    return _merged(body, {_target(read): read for read in reads}, _Uses())


def _target(read: ast.stmt) -> str:
    """The variable that a read assigns."""
    assert isinstance(read, n.Assign)  # noqa: S101 -- read_level writes nothing else
    assert isinstance(read.targets[0], n.Name)  # noqa: S101
    return read.targets[0].id


def _merged(body: list[ast.stmt], reads: dict[str, ast.stmt], uses: _Uses) -> list[ast.stmt]:
    """Each read before the first statement that uses it, or in its branches if only an if does."""
    merged: list[ast.stmt] = []
    waiting = dict(reads)
    for at, statement in enumerate(body, 1):
        used = uses.of(statement)
        here = {name: read for name, read in waiting.items() if name in used}
        for name in here:
            del waiting[name]
        if isinstance(statement, n.If):
            shared = set(uses.of(statement.test)).union(*map(uses.of, body[at:]))
            deeper = {name: read for name, read in here.items() if name not in shared}
            statement.body = _merged(statement.body, deeper, uses)
            statement.orelse = _merged(statement.orelse, deeper, uses)
            here = {name: read for name, read in here.items() if name in shared}
        merged += [*here.values(), statement]
    return merged


# What has names below it: a node, a list of nodes, or several; other nodes have none.
_BELOW: dict[type[ast.AST], Callable[[Any], Any]] = {
    n.Attribute: attrgetter("value"),
    n.BinOp: attrgetter("left", "right"),
    n.BoolOp: attrgetter("values"),
    n.Call: attrgetter("func", "args"),
    n.Compare: attrgetter("left", "comparators"),
    n.IfExp: attrgetter("test", "body", "orelse"),
    n.List: attrgetter("elts"),
    n.NamedExpr: attrgetter("target", "value"),
    n.Subscript: attrgetter("value", "slice"),
    n.Tuple: attrgetter("elts"),
    n.UnaryOp: attrgetter("operand"),
    n.Assign: attrgetter("targets", "value"),
    n.AugAssign: attrgetter("target", "value"),
    n.Expr: attrgetter("value"),
    n.For: attrgetter("target", "iter", "body"),
    n.If: attrgetter("test", "body", "orelse"),
    n.Return: attrgetter("value"),
}
_NONE_BELOW = frozenset({n.Constant, n.Pass})


class _Uses:
    """The names below each node, found once."""

    def __init__(self) -> None:
        self._known: dict[int, set[str]] = {}

    def of(self, node: ast.AST) -> set[str]:
        """The names that occur in a node."""
        found = self._known.get(id(node))
        if found is None:
            found = self._known[id(node)] = set()
            stack: list[Any] = [node]
            while stack:
                part = stack.pop()
                kind = type(part)
                if kind is n.Name:
                    found.add(part.id)
                elif kind is list or kind is tuple:
                    stack += part
                elif kind is n.If and part is not node:
                    found |= self.of(part)
                elif kind not in _NONE_BELOW:
                    stack.append(_BELOW[kind](part))
        return found


def as_expression(body: list[ast.stmt]) -> ast.expr | None:
    """Branches that each append one value as the one value of a list comprehension.

    There a variable assigned on the way would belong to the function around it, which is slower.
    """
    found = _chosen(body)
    if found is None or any(isinstance(part, n.NamedExpr) for part in _walk(found)):
        return None
    return found


def _chosen(body: list[ast.stmt]) -> ast.expr | None:
    match body:
        case [n.Expr(value=n.Call(args=[value]))]:
            return value
        case [n.If(test=test, body=then, orelse=otherwise)]:
            first, second = _chosen(then), _chosen(otherwise)
            return None if first is None or second is None else n.IfExp(test, first, second)
        case _:
            return None
