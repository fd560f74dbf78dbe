"""Check a syntax tree against a scope and turn it into typed IR."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, assert_never

from dsl import ast, build, operators
from dsl import types as t
from dsl.bounds import MAX_DIGITS, grows_too_large
from dsl.calendars import parameter_of
from dsl.codes import (
    ARGUMENT_COUNT,
    ARGUMENT_TYPE,
    BAD_NUMBER,
    CALENDAR_UNIT,
    EMPTY_TEXT,
    LITERAL_RANGE,
    NOT_A_CONDITION,
    NOT_A_LITERAL,
    NOT_A_TEXT,
    OPERAND_TYPES,
    OTHER_ROWS,
    ROWS_OUTSIDE_AGGREGATE,
    TOO_BIG,
    TOO_DEEP,
    UNKNOWN_CALENDAR,
    UNKNOWN_FUNCTION,
)
from dsl.diagnostics import Diagnostic, Span
from dsl.functions import Argument, Function, Parameter, RowsValue, find_function, function_names
from dsl.ir import Call, Const, Fold, Node, Param, children, placed, walk
from dsl.per_row import PER_ROW, as_outer, is_of_one_row, reads_rows
from dsl.report import FunctionName, Meaning, OptionName, Report
from dsl.resolve import Level, resolve
from dsl.series import shifted
from dsl.types import DIVISION_SCALE, INT64_MAX, Type
from dsl.unify import comparable, is_null, to_wanted, unify
from dsl.units import BY_KEY
from dsl.words import got, hint, words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dsl.scope import RowScope
    from dsl.series import Grain

MAX_IR_DEPTH = 160
MAX_ROW_LEVELS = 6


@dataclass(frozen=True, slots=True)
class Checked:
    """The outcome of a check; `names` tells what each name, by its span, stands for."""

    node: Node | None
    diagnostics: tuple[Diagnostic, ...]
    names: Mapping[Span, Meaning]


def check(tree: ast.Node, source: str, scope: RowScope, *, expect: Type | None = None) -> Checked:
    """Type a tree; every problem is reported, sorted by place."""
    report = Report(source)
    checker = _Checker(report, Level(scope), depth=0)
    node = checker.visit(tree)
    if node is not None and expect is not None:
        node = to_wanted(node, expect, report)
    if node is not None and not report.problems:
        _limits(node, tree, report)
    ordered = sorted(report.problems, key=lambda problem: problem.span or Span(0, 0))
    return Checked(None if ordered else node, tuple(ordered), report.names)


def _limits(node: Node, tree: ast.Node, report: Report) -> None:
    """Refuse what could not be run: too deep for an executor, or numbers without bounds."""
    level, depth = [node], 0
    while level:
        if depth == MAX_IR_DEPTH:
            report.add(TOO_DEEP, tree.span, {"limit": str(MAX_IR_DEPTH)})
            return
        level, depth = [part for each in level for part in children(each)], depth + 1
    if grows_too_large(node):
        report.add(TOO_BIG, tree.span, {"digits": str(MAX_DIGITS)})


class _Checker:
    """Visits the tree of one row level; it is also the `Site` a function is lowered at."""

    def __init__(self, report: Report, level: Level, *, depth: int) -> None:
        self._report = report
        self._level = level
        self._depth = depth

    def visit(self, node: ast.Node) -> Node | None:
        """The IR of a node with its span, or None after a problem."""
        found = self._visit(node)
        if found is None or found.span == node.span:
            return found
        return placed(found, node.span)

    def _visit(self, node: ast.Node) -> Node | None:
        match node:
            case ast.Number():
                return self._number(node)
            case ast.Text(value=value):
                return Const(value or None, t.Text(nullable=False))
            case ast.Date(day=day):
                return Const(day, t.Date(nullable=False))
            case ast.Path():
                return self._path(node)
            case ast.Call():
                return self._call(node)
            case _:
                return self._operation(node)

    def _operation(
        self, node: ast.Unary | ast.Binary | ast.Nary | ast.Within | ast.Between
    ) -> Node | None:
        match node:
            case ast.Unary():
                return self._unary(node)
            case ast.Binary():
                return self._binary(node)
            case ast.Nary():
                return self._nary(node)
            case ast.Within():
                return self._within(node)
            case ast.Between(item=item, low=low, high=high):
                parts = self._all((item, low, high))
                compared = parts and comparable(parts, self._report, ordered="BETWEEN")
                return Call("between", compared, build.BOOLEAN) if compared else None
            case _:
                assert_never(node)

    # -- values

    def _number(self, node: ast.Number) -> Node | None:
        unit = BY_KEY.get(node.suffix)
        if unit is None:
            return self._decimal(node, node.raw, node.scale + (2 if node.suffix == "%" else 0))
        match unit.kind:
            case "months":
                self._report.add(CALENDAR_UNIT, node.span)
                return None
            case "points":
                number = self._decimal(node, node.raw, node.scale + unit.size)
                return number and replace(number, type=t.Number(node.scale + unit.size, "pp"))
            case "factor":
                raw, rest = divmod(node.raw * unit.size, 10**node.scale)
                whole = (raw, 0) if not rest else (node.raw * unit.size, node.scale)
                return self._decimal(node, *whole)
            case "duration":
                raw, rest = divmod(node.raw * unit.size, 10**node.scale)
                if rest or raw > INT64_MAX:
                    self._report.add(BAD_NUMBER, node.span, {"found": self._report.text(node.span)})
                    return None
                return Const(raw, t.Duration(nullable=False))

    def _decimal(self, node: ast.Number, raw: int, scale: int) -> Const | None:
        if scale > DIVISION_SCALE or raw > INT64_MAX:
            self._report.add(BAD_NUMBER, node.span, {"found": self._report.text(node.span)})
            return None
        return build.number(raw, scale)

    def _resolve(self, path: ast.Path) -> Node | RowsValue | None:
        return resolve(path, self._level, self._report, check_filter=self._filter)

    def _path(self, path: ast.Path) -> Node | None:
        found = self._resolve(path)
        if isinstance(found, RowsValue):
            args = {"name": self._report.text(path.span)}
            self._report.add(ROWS_OUTSIDE_AGGREGATE, path.span, args)
            return None
        return found

    def _filter(self, node: ast.Node, level: Level) -> Node | None:
        """The condition in `rows[...]`, read in a child row."""
        return self._at(level).condition(node) if self._inside(node) else None

    def _inside(self, node: ast.Node) -> bool:
        if self._depth < MAX_ROW_LEVELS:
            return True
        self._report.add(TOO_DEEP, node.span, {"limit": str(MAX_ROW_LEVELS)})
        return False

    def _at(self, level: Level) -> _Checker:
        return _Checker(self._report, level, depth=self._depth + 1)

    # -- operators

    def _all(self, nodes: tuple[ast.Node, ...]) -> tuple[Node, ...] | None:
        found = [self.visit(node) for node in nodes]
        kept = tuple(node for node in found if node is not None)
        return kept if len(kept) == len(found) else None

    def condition(self, node: ast.Node) -> Node | None:
        """A part that must be true or false."""
        found = self.visit(node)
        if found is None or isinstance(found.type, t.Boolean):
            return found
        if is_null(found):
            return replace(found, type=build.BOOLEAN)
        self._report.add(NOT_A_CONDITION, node.span, got(found.type))
        return None

    def _unary(self, node: ast.Unary) -> Node | None:
        if node.op == "NOT":
            operand = self.condition(node.operand)
            return None if operand is None else build.negation(operand)
        found = self.visit(node.operand)
        if found is None:
            return None
        if not isinstance(found.type, t.Number | t.Duration):
            chinese, english = words(found.type)
            args = {"left": english, "right": english, "left_zh": chinese, "right_zh": chinese}
            self._report.add(OPERAND_TYPES, node.span, args | {"operator": node.op})
            return None
        return build.negate(found) if node.op == "-" else found

    def _binary(self, node: ast.Binary) -> Node | None:
        if node.op in {"+", "-"} and operators.is_months(node.right):
            left = self.visit(node.left)
            return left and operators.add_months(node, left, self._report)
        left, right = self.visit(node.left), self.visit(node.right)
        if left is None or right is None:
            return None
        if node.op in {"+", "-", "*", "/", "^"}:
            return operators.arithmetic(node, left, right, self._report)
        return operators.comparison(node, left, right, self._report)

    def _nary(self, node: ast.Nary) -> Node | None:
        if node.op == "&":
            return self._concat(node)
        found = [self.condition(operand) for operand in node.operands]
        kept = tuple(part for part in found if part is not None)
        return build.logic(node.op.lower(), kept) if len(kept) == len(found) else None

    def _concat(self, node: ast.Nary) -> Node | None:
        parts = self._all(node.operands)
        if parts is None:
            return None
        for part, operand in zip(parts, node.operands, strict=True):
            if not isinstance(part.type, t.Text):
                args = got(t.Text(), "left") | got(part.type, "right") | {"operator": "&"}
                self._report.add(OPERAND_TYPES, operand.span, args)
                return None
        return Call("concat", parts, build.TEXT)

    def _within(self, node: ast.Within) -> Node | None:
        parts = self._all((node.item, *node.options))
        compared = parts and comparable(parts, self._report)
        if not compared:
            return None
        found = Call("in", compared, build.BOOLEAN)
        return build.negation(found) if node.negated else found

    # -- functions

    def _call(self, node: ast.Call) -> Node | None:
        function = find_function(node.name)
        if function is None:
            suggestion = self._report.closest(node.name, function_names())
            args = {"name": node.name} | hint(suggestion)
            self._report.add(UNKNOWN_FUNCTION, node.name_span, args, fix=suggestion)
            return None
        self._report.names[node.name_span] = FunctionName(function.name)
        if not function.accepts(len(node.args)):
            args = {
                "function": function.name,
                "wanted": function.wanted(),
                "got": str(len(node.args)),
                "signature": function.signature,
            }
            self._report.add(ARGUMENT_COUNT, node.span, args)
            return None
        arguments = self._arguments(function, node)
        return None if arguments is None else function.lower(arguments, self)

    def _arguments(self, function: Function, node: ast.Call) -> tuple[Argument, ...] | None:
        found: list[Argument | None] = []
        rows: RowsValue | None = None
        for index, arg in enumerate(node.args):
            parameter = function.parameter(index, len(node.args))
            value = self._argument(function, parameter, arg, rows)
            rows = value if isinstance(value, RowsValue) else rows
            found.append(value)
        kept = tuple(value for value in found if value is not None)
        return kept if len(kept) == len(found) else None

    def _argument(
        self, function: Function, parameter: Parameter, node: ast.Node, rows: RowsValue | None
    ) -> Argument | None:
        match parameter.kind:
            case "whole":
                return self._whole(function, parameter, node)
            case "condition":
                return self.condition(node)
            case "calendar" | "pattern" | "entity":
                return self._quoted(function, parameter, node)
            case "child":
                if rows is None:
                    return None
                level = Level(rows.scope, self._level.scope)
                return self._at(level).visit(node) if self._inside(node) else None
            case "rows" | "summable" | "averaged" | "ordered" | "countable" if isinstance(
                node, ast.Path
            ):
                found = self._resolve(node)
            case kind if kind in PER_ROW and reads_rows(node, self._level.scope):
                found = self._per_row(function, node)
            case _:
                found = self.visit(node)
        return found and self._fitting(function, parameter, node, found)

    def _per_row(self, function: Function, node: ast.Node) -> RowsValue | None:
        """What an expression yields for each row of the one child table it reads."""
        if not self._inside(node):
            return None
        reader = _PerRow(self._report, self._level, depth=self._depth + 1, function=function)
        value = reader.visit(node)
        if value is None or reader.rows is None:
            return None
        if any(isinstance(part, Fold) for part in walk(value)):
            args = {"name": self._report.text(node.span)}
            self._report.add(ROWS_OUTSIDE_AGGREGATE, node.span, args)
            return None
        return replace(reader.rows, value=value, span=node.span)

    def _fitting(
        self, function: Function, parameter: Parameter, node: ast.Node, found: Argument
    ) -> Argument | None:
        """The argument if its type suits the parameter."""
        wanted = _WANTED.get(parameter.kind, ())
        if isinstance(found, RowsValue):
            kind: Type | None = t.Rows("") if found.value is None else found.value.type
            fits = not wanted or isinstance(kind, wanted)
        elif is_null(found) and wanted:
            return replace(found, type=_PLAIN[wanted[0]])
        else:
            kind = found.type
            fits = parameter.kind != "rows" and (not wanted or isinstance(kind, wanted))
        if fits:
            return found
        shown = wanted[0] if wanted else t.Rows
        chinese, english = words(_PLAIN[shown])
        args = {
            "function": function.name,
            "parameter": parameter.name,
            "wanted": english,
            "wanted_zh": chinese,
        }
        self._report.add(ARGUMENT_TYPE, node.span, args | got(kind))
        return None

    def _whole(self, function: Function, parameter: Parameter, node: ast.Node) -> Node | None:
        negative = isinstance(node, ast.Unary) and node.op == "-"
        literal = node.operand if isinstance(node, ast.Unary) else node
        args = {"function": function.name, "parameter": parameter.name}
        if not isinstance(literal, ast.Number) or literal.suffix or literal.scale:
            self._report.add(NOT_A_LITERAL, node.span, args)
            return None
        value = -literal.raw if negative else literal.raw
        if not parameter.low <= value <= parameter.high:
            limits = {"low": str(parameter.low), "high": str(parameter.high)}
            self._report.add(LITERAL_RANGE, node.span, args | limits)
            return None
        return build.number(value)

    def _quoted(self, function: Function, parameter: Parameter, node: ast.Node) -> Node | None:
        if not isinstance(node, ast.Text):
            args = {"function": function.name, "parameter": parameter.name}
            self._report.add(NOT_A_TEXT, node.span, args)
            return None
        if parameter.kind == "calendar":
            return self._calendar(node)
        if not node.value:
            self._report.add(EMPTY_TEXT, node.span)
            return None
        return Const(node.value, t.Text(nullable=False), node.span)

    def _calendar(self, node: ast.Text) -> Node | None:
        known = self._level.scope.calendars
        key = known.get(node.value)
        if key is None:
            suggestion = self._report.closest(node.value, known)
            fix = None if suggestion is None else "'" + suggestion.replace("'", "''") + "'"
            args = {"name": node.value} | hint(suggestion)
            self._report.add(UNKNOWN_CALENDAR, node.span, args, fix=fix)
            return None
        self._report.names[node.span] = OptionName(key, ())
        return Param(parameter_of(key), build.TEXT)

    # -- the site of a function

    @property
    def calendar(self) -> Node:
        """The calendar of the scope."""
        return Param(parameter_of(self._level.scope.calendar), build.TEXT)

    def unify(self, nodes: tuple[Node, ...]) -> tuple[Node, ...] | None:
        """The nodes with one common type, or None after reporting that there is none."""
        return unify(nodes, self._report)

    def back(self, node: Node, periods: int) -> Node | None:
        """What a node was some periods ago, where the scope has a past."""
        return shifted(node, periods, self._level.scope.series)

    @property
    def grain(self) -> Grain | None:
        """How long the periods of the scope are."""
        return self._level.scope.grain

    def refuse(self, code: str, span: Span | None, **args: str) -> None:
        """Report a problem of a function's arguments."""
        self._report.add(code, span or Span(0, 0), args)

    def comparable(self, nodes: tuple[Node, ...]) -> tuple[Node, ...] | None:
        """The nodes made comparable with the first, or None after reporting why not."""
        return comparable(nodes, self._report)


class _PerRow(_Checker):
    """Visits an expression that is computed for each child row; what else it reads is around."""

    def __init__(self, report: Report, level: Level, *, depth: int, function: Function) -> None:
        super().__init__(report, level, depth=depth)
        self._function = function
        self.rows: RowsValue | None = None

    def _path(self, path: ast.Path) -> Node | None:
        found = self._resolve(path)
        args = {"name": self._report.text(path.span), "function": self._function.name}
        if not isinstance(found, RowsValue):
            if found is None or is_of_one_row(found):
                return found and as_outer(found)
            self._report.add(ROWS_OUTSIDE_AGGREGATE, path.span, args)
            return None
        first = self.rows = self.rows or found
        if (first.path, first.where) != (found.path, found.where):
            self._report.add(OTHER_ROWS, path.span, args)
            return None
        if found.value is None:
            self._report.add(ROWS_OUTSIDE_AGGREGATE, path.span, args)
        return found.value


_WANTED: dict[str, tuple[type[Type], ...]] = {
    "number": (t.Number,),
    "text": (t.Text,),
    "date": (t.Date,),
    "duration": (t.Duration,),
    "summable": (t.Number, t.Duration),
    "averaged": (t.Number,),
    "ordered": (t.Number, t.Date, t.DateTime, t.Duration),
    "pointer": (t.Pointer,),
}
_PLAIN: dict[type[Type], Type] = {
    t.Number: t.Number(0),
    t.Text: t.Text(),
    t.Date: t.Date(),
    t.Duration: t.Duration(),
    t.Pointer: t.Pointer(()),
    t.Rows: t.Rows(""),
}
