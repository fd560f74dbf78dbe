"""Find what a name or a path means: a field, child rows, a constant."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from dsl import ast, build
from dsl import types as t
from dsl.codes import (
    AMBIGUOUS_NAME,
    NO_FIELDS_BEHIND,
    NO_OUTER_ROW,
    NOT_FOLLOWED,
    NOT_ROWS,
    ROWS_OUTSIDE_AGGREGATE,
    UNKNOWN_NAME,
)
from dsl.functions import RowsValue, find_function
from dsl.ir import Call, Const, Field, Node
from dsl.report import Constant, Report
from dsl.scope import RowScope, Symbol
from dsl.source import fold
from dsl.words import got, hint

OUTER = frozenset({"this", "本行"})
_CONSTANTS: dict[str, Const] = {
    "TRUE": Const(True, build.BOOLEAN),  # noqa: FBT003 -- the value itself
    "FALSE": Const(False, build.BOOLEAN),  # noqa: FBT003 -- the value itself
    "NULL": Const(None, build.TEXT),
}


@dataclass(frozen=True, slots=True)
class Level:
    """The scope of the rows a formula part is read in; inside a filter there is an outer one."""

    scope: RowScope
    outer: RowScope | None = None


CheckFilter = Callable[[ast.Node, Level], Node | None]


def resolve(
    path: ast.Path, level: Level, report: Report, *, check_filter: CheckFilter
) -> Node | RowsValue | None:
    """The meaning of a path; None after a problem was noted."""
    first = path.segments[0]
    known = level.scope.find(first.name)
    if not known and len(path.segments) == 1:
        constant = _CONSTANTS.get(first.name.upper())
        if constant is not None:
            report.names[first.name_span] = Constant(first.name.upper())
            return replace(constant, span=path.span)
    if not known and fold(first.name) in OUTER and len(path.segments) > 1:
        return _outer(path, level, report, check_filter)
    return _Walk(level, report, check_filter).follow(path, level.scope, outer="")


def _outer(
    path: ast.Path, level: Level, report: Report, check_filter: CheckFilter
) -> Node | RowsValue | None:
    first = path.segments[0]
    if level.outer is None:
        report.add(NO_OUTER_ROW, first.name_span, {"name": first.name})
        return None
    report.names[first.name_span] = Constant("this")
    rest = ast.Path(path.segments[1:], path.span)
    return _Walk(level, report, check_filter).follow(rest, level.outer, outer="outer")


class _Walk:
    """Follows one path, segment by segment."""

    def __init__(self, level: Level, report: Report, check_filter: CheckFilter) -> None:
        self._level = level
        self._report = report
        self._check_filter = check_filter

    def follow(self, path: ast.Path, scope: RowScope, *, outer: str) -> Node | RowsValue | None:
        """The field or the rows at the end of the path."""
        keys: list[str] = []
        here: RowScope | None = scope
        for at, segment in enumerate(path.segments):
            symbol = None if here is None else self._find(segment, here, keys)
            if symbol is None:
                return None
            keys.append(symbol.key)
            last = at == len(path.segments) - 1
            if isinstance(symbol.type, t.Rows):
                if not outer:
                    return self._rows(path, at, keys, scope=here)
                # The rows of the outer record would need a loop of their own in every filter.
                args = {"name": segment.name}
                self._report.add(ROWS_OUTSIDE_AGGREGATE, segment.name_span, args)
                return None
            if segment.where is not None:
                self._report.add(NOT_ROWS, segment.span, {"name": segment.name})
                return None
            if last:
                return _value(symbol, ".".join(keys), path, outer=bool(outer))
            here = self._behind(segment, symbol, here)
        return None

    def _behind(
        self, segment: ast.Segment, symbol: Symbol, scope: RowScope | None
    ) -> RowScope | None:
        if isinstance(symbol.type, t.Reference) and scope is not None:
            behind = scope.entity_of(symbol.type.entity)
            if behind is not None:
                return behind
        if isinstance(symbol.type, t.Pointer):
            kinds = ", ".join(symbol.type.entities)
            args = {"name": segment.name, "kinds": kinds}
            self._report.add(NOT_FOLLOWED, segment.name_span, args)
            return None
        args = {"name": segment.name} | got(symbol.type)
        self._report.add(NO_FIELDS_BEHIND, segment.name_span, args)
        return None

    def _find(self, segment: ast.Segment, scope: RowScope, keys: list[str]) -> Symbol | None:
        found = scope.find(segment.name)
        if len(found) == 1:
            self._report.names[segment.name_span] = found[0]
            return found[0]
        if found:
            choices = ", ".join(symbol.key for symbol in found)
            args = {"name": segment.name, "choices": choices}
            self._report.add(AMBIGUOUS_NAME, segment.name_span, args, fix=found[0].key)
            return None
        self._unknown(segment, scope, first=not keys)
        return None

    def _unknown(self, segment: ast.Segment, scope: RowScope, *, first: bool) -> None:
        outer = self._level.outer
        function = find_function(segment.name) if first else None
        suggestion = self._report.closest(segment.name, scope.names())
        if first and outer is not None and outer.find(segment.name):
            suggestion = f"this.{segment.name}"
        elif function is not None:
            suggestion = function.signature
        fix = None if suggestion is None else _spelled(suggestion, plain=function is not None)
        args = {"name": segment.name} | hint(suggestion)
        self._report.add(UNKNOWN_NAME, segment.name_span, args, fix=fix)

    def _rows(
        self, path: ast.Path, at: int, keys: list[str], *, scope: RowScope | None
    ) -> RowsValue | None:
        segment = path.segments[at]
        symbol = self._report.names[segment.name_span]
        assert isinstance(symbol, Symbol)  # noqa: S101 -- _find has just put it there
        entity = symbol.type.entity if isinstance(symbol.type, t.Rows) else ""
        child = scope.entity_of(entity) if scope is not None else None
        if child is None:
            args = {"name": segment.name} | got(symbol.type)
            self._report.add(NO_FIELDS_BEHIND, segment.name_span, args)
            return None
        level = Level(child, self._level.scope)
        where = None
        if segment.where is not None:
            where = self._check_filter(segment.where, level)
            if where is None:
                return None
        value = None
        rest = path.segments[at + 1 :]
        if rest:
            inner = _Walk(level, self._report, self._check_filter)
            behind = inner.follow(ast.Path(rest, path.span), child, outer="")
            if isinstance(behind, RowsValue):
                args = {"name": rest[-1].name}
                self._report.add(ROWS_OUTSIDE_AGGREGATE, rest[-1].name_span, args)
            if behind is None or isinstance(behind, RowsValue):
                return None
            value = behind
        return RowsValue(".".join(keys), where, value, child, path.span)


def _value(symbol: Symbol, path: str, node: ast.Path, *, outer: bool) -> Node:
    field = Field(path, symbol.type, outer=outer, span=node.span)
    if symbol.blank_as_zero and isinstance(symbol.type, t.Number):
        zero = build.number(0, symbol.type.scale)
        return Call("coalesce", (field, zero), symbol.type, node.span)
    return field


def is_plain_name(name: str) -> bool:
    """Whether a name can be typed without braces."""
    return name.isidentifier() and fold(name) == name and name != "NOT"


def _spelled(name: str, *, plain: bool) -> str:
    whole = plain or all(is_plain_name(part) for part in name.split("."))
    return name if whole else "{" + name + "}"
