"""Where a formula can run: in which database, in the browser; and what prevents it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, get_args

from dsl import ast, ir
from dsl.backends.sql import NotPushable, SqlFoldKind, lower_node
from dsl.ops import OPERATIONS
from dsl.parser import parse

if TYPE_CHECKING:
    from dsl.diagnostics import Span

# `pow` becomes products, `avg` a sum and a count
_SQL_FOLDS = frozenset(get_args(SqlFoldKind)) | {"avg"}
_BROWSER_FOLDS = _SQL_FOLDS | {"interpolate"}


@dataclass(frozen=True, slots=True)
class Reach:
    """The executors that compute a formula; `prevented_by` are the functions in the way."""

    sqlite: bool
    postgresql: bool
    browser: bool
    prevented_by: tuple[str, ...] = ()

    @property
    def server_only(self) -> bool:
        """Whether neither every database nor the browser computes it."""
        return not (self.postgresql and self.sqlite) and not self.browser


def reach(node: ir.Node, source: str, *, typed: ir.Node | None = None) -> Reach:
    """Where a node can run. `typed` is the node before computed fields were written out.

    A computed field that stands in the way is named as it is in the text, like a function.
    """
    sqlite = _is_lowered(node)
    browser = all(map(_in_browser, ir.walk(node)))
    postgresql = sqlite and all(map(_in_postgresql, ir.walk(node)))
    fields = {each.span for each in ir.walk(typed or node) if isinstance(each, ir.Field)}
    return Reach(sqlite, postgresql, browser, _names(node, source, fields))


def _is_lowered(node: ir.Node) -> bool:
    try:
        lower_node(node)
    except NotPushable:
        return False
    return True


def _in_browser(node: ir.Node) -> bool:
    match node:
        case ir.Call(op=op):
            return OPERATIONS[op].in_browser
        case ir.Fold(kind=kind):
            return kind in _BROWSER_FOLDS
        case _:
            return True


def _in_postgresql(node: ir.Node) -> bool:
    match node:
        case ir.Call(op=op):
            return not OPERATIONS[op].server
        case ir.Fold(kind=kind):
            return kind in _SQL_FOLDS
        case _:
            return True


def _names(node: ir.Node, source: str, fields: set[Span | None]) -> tuple[str, ...]:
    """The names in the text whose meaning an executor lacks, in order of appearance."""
    tree = parse(source).tree
    calls = [] if tree is None else [c for c, _ in ast.walk(tree) if isinstance(c, ast.Call)]
    found: dict[str, None] = {}
    for each, span in _placed(node):
        if span is None or (_in_postgresql(each) and _in_browser(each)):
            continue
        name = source[span.start : span.end] if span in fields else _innermost(calls, span)
        if name is not None:
            found.setdefault(name)
    return tuple(found)


def _placed(node: ir.Node) -> list[tuple[ir.Node, Span | None]]:
    """Every node with its place in the text; what was not typed has the place of its owner."""
    found: list[tuple[ir.Node, Span | None]] = []
    stack = [(node, node.span)]
    while stack:
        current, span = stack.pop()
        found.append((current, span))
        stack.extend((each, each.span or span) for each in reversed(ir.children(current)))
    return found


def _innermost(calls: list[ast.Call], span: Span) -> str | None:
    around = [c for c in calls if c.span.start <= span.start and span.end <= c.span.end]
    closest = min(around, key=lambda c: c.span.end - c.span.start, default=None)
    return None if closest is None else closest.name
