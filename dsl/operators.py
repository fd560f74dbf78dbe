"""What an operator between two typed values means, or why it means nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from dsl import ast, build
from dsl import types as t
from dsl.codes import (
    CALENDAR_UNIT,
    DATE_PLUS_NUMBER,
    LITERAL_RANGE,
    NOT_A_LITERAL,
    NOT_WHOLE_DAYS,
    OPERAND_TYPES,
    PERCENT_OR_POINTS,
    POINTS_MISPLACED,
)
from dsl.ir import Call, Const, Node
from dsl.unify import comparable, is_null
from dsl.units import BY_KEY, DAY_US
from dsl.values import format_number
from dsl.words import got

if TYPE_CHECKING:
    from dsl.report import Report
    from dsl.types import Type

MAX_EXPONENT = 64
_COMPARE = {"=": "eq", "<>": "ne", "<": "lt", "<=": "le", ">": "gt", ">=": "ge"}
_Maker = Callable[[Node, Node], Node]


def comparison(node: ast.Binary, left: Node, right: Node, report: Report) -> Node | None:
    """`=`, `<>`, `<`, ... of two values."""
    ordered = "" if node.op in {"=", "<>"} else node.op
    pair = comparable((left, right), report, ordered=ordered)
    return None if pair is None else Call(_COMPARE[node.op], pair, build.BOOLEAN)


def is_months(node: ast.Node) -> bool:
    """Whether it is a length like `3个月`, which only a date can take."""
    unit = BY_KEY.get(node.suffix) if isinstance(node, ast.Number) else None
    return unit is not None and unit.kind == "months"


def add_months(node: ast.Binary, left: Node, report: Report) -> Node | None:
    """`date ± 3个月`."""
    quantity = node.right
    if not isinstance(left.type, t.Date) or not isinstance(quantity, ast.Number):
        report.add(CALENDAR_UNIT, quantity.span)
        return None
    if quantity.scale:
        report.add(NOT_WHOLE_DAYS, quantity.span)
        return None
    months = quantity.raw * BY_KEY[quantity.suffix].size
    count = build.number(-months if node.op == "-" else months)
    return Call("add_months", (left, count), build.DATE)


def arithmetic(node: ast.Binary, left: Node, right: Node, report: Report) -> Node | None:
    """`+ - * / ^` of two values."""
    left, right = _adopt(left, right), _adopt(right, left)
    if node.op == "^":
        return _power(node, left, right, report)
    if node.op in {"+", "-"} and _asks_percent(node, left, report):
        return None
    if node.op in {"*", "/"} and _misplaced_points(node, (left, right), report):
        return None
    maker = _MAKERS.get((node.op, type(left.type), type(right.type)))
    if maker is not None:
        return _checked_days(node, maker(left, right), report)
    if {type(left.type), type(right.type)} == {t.Date, t.Number} and node.op in {"+", "-"}:
        number = node.right if isinstance(right.type, t.Number) else node.left
        plain = isinstance(number, ast.Number) and not number.suffix
        fix = report.text(number.span) + "d" if plain else None
        report.add(DATE_PLUS_NUMBER, number.span, fix=fix)
        return None
    args = got(left.type, "left") | got(right.type, "right") | {"operator": node.op}
    report.add(OPERAND_TYPES, node.span, args)
    return None


def _adopt(node: Node, other: Node) -> Node:
    """NULL in arithmetic has the type of the other side."""
    if not is_null(node):
        return node
    return replace(node, type=t.Number(0) if is_null(other) else other.type)


def _power(node: ast.Binary, left: Node, right: Node, report: Report) -> Node | None:
    literal = isinstance(node.right, ast.Number) and not node.right.suffix
    if not literal or not isinstance(right, Const) or build.scale_of(right):
        args = {"function": "^", "parameter": "n"}
        report.add(NOT_A_LITERAL, node.right.span, args)
        return None
    exponent = int(right.value or 0)
    if not 1 <= exponent <= MAX_EXPONENT:
        args = {"function": "^", "parameter": "n", "low": "1", "high": str(MAX_EXPONENT)}
        report.add(LITERAL_RANGE, node.right.span, args)
        return None
    if not isinstance(left.type, t.Number):
        args = got(left.type, "left") | got(right.type, "right") | {"operator": "^"}
        report.add(OPERAND_TYPES, node.span, args)
        return None
    return build.power(left, exponent)


def _is_constant(node: ast.Node) -> bool:
    return all(not isinstance(part, ast.Path | ast.Call) for part, _depth in ast.walk(node))


def _asks_percent(node: ast.Binary, left: Node, report: Report) -> bool:
    """`x - 20%` is asked about: 20 % of x, or 20 points?"""
    percent = node.right
    if not (isinstance(percent, ast.Number) and percent.suffix == "%"):
        return False
    if not isinstance(left.type, t.Number) or _is_constant(node.left):
        return False
    shown = report.text(node.left.span)
    if isinstance(node.left, ast.Binary) and not shown.startswith(("(", "（")):
        shown = f"({shown})"
    points = format_number(percent.raw, percent.scale)
    relative = f"{shown} * (1 {node.op} {points}%)"
    args = {
        "text": report.text(node.span),
        "percent": f"{points}%",
        "points": points,
        "relative": relative,
        "absolute": f"{shown} {node.op} {points}pp",
    }
    report.add(PERCENT_OR_POINTS, node.span, args, fix=relative)
    return True


def _misplaced_points(node: ast.Binary, sides: tuple[Node, Node], report: Report) -> bool:
    for side, typed in zip(sides, (node.left, node.right), strict=True):
        if isinstance(side, Const) and build.unit_of(side) == "pp":
            shown = format_number(int(side.value or 0), build.scale_of(side) - 2) + "%"
            report.add(POINTS_MISPLACED, typed.span, {"percent": shown}, fix=shown)
            return True
    return False


def _checked_days(node: ast.Binary, result: Node, report: Report) -> Node | None:
    """A written-out length added to a date must be whole days; it becomes a plain number."""
    if not (isinstance(result, Call) and result.op == "add_days"):
        return result
    days = result.args[1]
    if not (isinstance(days, Call) and isinstance(days.args[0], Const)):
        return result
    raw = int(days.args[0].value or 0)
    if raw % DAY_US:
        report.add(NOT_WHOLE_DAYS, node.span)
        return None
    whole = replace(build.number(raw // DAY_US), span=days.args[0].span)
    return replace(result, args=(result.args[0], whole))


def _sum(left: Node, right: Node) -> Node:
    return build.same_scale("add", (left, right))


def _difference(left: Node, right: Node) -> Node:
    return build.same_scale("sub", (left, right))


def _later(left: Node, right: Node) -> Node:
    days = Call("whole_days", (right,), build.WHOLE)
    return Call("add_days", (left, days), build.DATE)


def _later_instant(left: Node, right: Node) -> Node:
    return Call("add_us", (left, right), left.type)


def _plain(op: str, kind: Type) -> _Maker:
    return lambda left, right: Call(op, (left, right), kind)


def _times(duration: Node, factor: Node) -> Node:
    product = Call("mul", (duration, factor), t.Number(build.scale_of(factor)))
    return replace(build.rescale(product, 0), type=t.Duration())


def _part(duration: Node, divisor: Node) -> Node:
    scaled = build.rescale(build.as_number(duration), build.scale_of(divisor))
    return Call("div", (scaled, divisor), t.Duration())


def _flip(maker: _Maker) -> _Maker:
    return lambda left, right: maker(right, left)


def _earlier(maker: _Maker) -> _Maker:
    return lambda left, right: maker(left, build.negate(right))


_DURATION = t.Duration()
_MAKERS: dict[tuple[str, type[Type], type[Type]], _Maker] = {
    ("+", t.Number, t.Number): _sum,
    ("-", t.Number, t.Number): _difference,
    ("*", t.Number, t.Number): build.multiply,
    ("/", t.Number, t.Number): build.divide,
    ("+", t.Date, t.Duration): _later,
    ("-", t.Date, t.Duration): _earlier(_later),
    ("+", t.Duration, t.Date): _flip(_later),
    ("-", t.Date, t.Date): _plain("sub", t.Number(0, unit="d")),
    ("+", t.DateTime, t.Duration): _later_instant,
    ("-", t.DateTime, t.Duration): _earlier(_later_instant),
    ("+", t.Duration, t.DateTime): _flip(_later_instant),
    ("-", t.DateTime, t.DateTime): _plain("sub", _DURATION),
    ("+", t.Duration, t.Duration): _plain("add", _DURATION),
    ("-", t.Duration, t.Duration): _plain("sub", _DURATION),
    ("*", t.Duration, t.Number): _times,
    ("*", t.Number, t.Duration): _flip(_times),
    ("/", t.Duration, t.Number): _part,
    ("/", t.Duration, t.Duration): build.divide,
}
