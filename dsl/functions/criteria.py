"""SUMIF and its relatives: Excel's habits, read as aggregates over filtered child rows."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from dsl import build
from dsl import types as t
from dsl.codes import BAD_CRITERION, OTHER_ROWS, WILDCARDS
from dsl.functions.aggregates import fold_rows
from dsl.functions.nodes import seen_from_child
from dsl.functions.spec import Argument, Example, Function, Lower, Parameter, RowsValue, Site
from dsl.ir import Call, Const, Node
from dsl.values import parse_date, parse_number
from dsl.wildcards import has_wildcards

if TYPE_CHECKING:
    from dsl.ir import FoldKind

_CRITERION = re.compile(r"\s*(<=|>=|<>|<|>|=)\s*(.*?)\s*", re.DOTALL)
_WIDE = str.maketrans({"＝": "=", "≠": "<>", "＜": "<", "≤": "<=", "＞": ">", "≥": ">="})
_OPS = {"=": "eq", "<>": "ne", "<": "lt", "<=": "le", ">": "gt", ">=": "ge"}
_ROWS = Parameter("values", "数值", "summable")
_RANGE = Parameter("range", "条件列", "countable")
_TEST = Parameter("criterion", "条件", "any")


@dataclass(frozen=True, slots=True)
class _Part:
    """A column of child rows and what it must be."""

    column: RowsValue
    criterion: Node


def _condition(part: _Part, site: Site) -> Node | None:
    """The criterion as a condition on a child row; None after a problem was noted."""
    value, wanted = part.column.value, part.criterion
    if value is None:
        site.refuse(OTHER_ROWS, part.column.span, function="IF")
        return None
    op = "eq"
    if isinstance(wanted, Const) and isinstance(wanted.value, str):
        found = _CRITERION.fullmatch(wanted.value.translate(_WIDE))
        text = found[2] if found else wanted.value
        op = _OPS[found[1]] if found else op
        if isinstance(value.type, t.Text) and op in {"eq", "ne"} and has_wildcards(text):
            fits = Call("matches", (value, replace(wanted, value=text)), build.BOOLEAN)
            return fits if op == "eq" else build.negation(fits)
        literal = _literal(text, value.type, wanted)
        if literal is None:
            code = WILDCARDS if has_wildcards(text) else BAD_CRITERION
            site.refuse(code, wanted.span, text=wanted.value, rows=part.column.path)
            return None
        wanted = literal
    seen = seen_from_child(wanted)
    if seen is None:
        site.refuse(BAD_CRITERION, wanted.span, text="this")
        return None
    compared = site.comparable((value, seen))
    return None if compared is None else Call(op, compared, build.BOOLEAN)


def _literal(text: str, kind: t.Type, node: Const) -> Const | None:
    """The value a criterion names, in the type of its column."""
    if isinstance(kind, t.Text | t.Choice):
        return None if has_wildcards(text) or not text else replace(node, value=text)
    try:
        match kind:
            case t.Number(scale=scale):
                percent = text.endswith("%")
                raw = parse_number(text.removesuffix("%"), scale if not percent else scale - 2)
                return replace(node, value=raw, type=t.Number(scale, nullable=False))
            case t.Date():
                return replace(node, value=parse_date(text), type=t.Date(nullable=False))
    except ValueError:
        return None
    return None


def _filtered(name: str, column: RowsValue, parts: list[_Part], site: Site) -> RowsValue | None:
    """The rows of a column that meet all criteria."""
    conditions: list[Node] = []
    for part in parts:
        if part.column.path != column.path:
            site.refuse(OTHER_ROWS, part.column.span, function=name)
            return None
        found = _condition(part, site)
        if found is None:
            return None
        conditions.append(found)
        if part.column is not column and part.column.where is not None:
            conditions.append(part.column.where)
    if column.where is not None:
        conditions.insert(0, column.where)
    return replace(column, where=build.logic("and", tuple(dict.fromkeys(conditions))))


def _pairs(name: str, args: tuple[Argument, ...], site: Site) -> list[_Part] | None:
    parts: list[_Part] = []
    for column, criterion in zip(args[0::2], args[1::2], strict=True):
        if not isinstance(column, RowsValue) or isinstance(criterion, RowsValue):
            site.refuse(OTHER_ROWS, column.span, function=name)
            return None
        parts.append(_Part(column, criterion))
    return parts


def _single(name: str, kind: FoldKind) -> Lower:
    """SUMIF(range, criterion, [values])."""

    def lower(args: tuple[Argument, ...], site: Site) -> Node | None:
        parts = _pairs(name, args[:2], site)
        values = args[2] if len(args) > 2 else args[0]  # noqa: PLR2004 -- the third argument
        if parts is None:
            return None
        if not isinstance(values, RowsValue):
            site.refuse(OTHER_ROWS, values.span, function=name)
            return None
        rows = _filtered(name, values, parts, site)
        return None if rows is None else fold_rows(rows, kind)

    return lower


def _several(name: str, kind: FoldKind) -> Lower:
    """SUMIFS(values, range, criterion, ...)."""

    def lower(args: tuple[Argument, ...], site: Site) -> Node | None:
        values, *rest = args
        parts = _pairs(name, tuple(rest), site)
        if parts is None or not isinstance(values, RowsValue):
            site.refuse(OTHER_ROWS, values.span, function=name)
            return None
        rows = _filtered(name, values, parts, site)
        return None if rows is None else fold_rows(rows, kind)

    return lower


def _counted(name: str) -> Lower:
    """COUNTIF(range, criterion, ...): how many rows meet all criteria."""

    def lower(args: tuple[Argument, ...], site: Site) -> Node | None:
        parts = _pairs(name, args, site)
        if not parts:
            return None
        rows = _filtered(name, parts[0].column, parts, site)
        return None if rows is None else fold_rows(replace(rows, value=None), "count")

    return lower


def _blanks(args: tuple[Argument, ...], _site: Site) -> Node | None:
    """How many child rows have no value there."""
    (rows,) = args
    if not isinstance(rows, RowsValue) or rows.value is None:
        return None
    blank: Node = Call("is_null", (rows.value,), build.BOOLEAN)
    where = blank if rows.where is None else build.logic("and", (rows.where, blank))
    return fold_rows(replace(rows, where=where, value=None), "count")


def _products(args: tuple[Argument, ...], site: Site) -> Node | None:
    """The sum of the products of two columns."""
    left, right = args
    if isinstance(left, RowsValue) and isinstance(right, RowsValue):
        factors = [rows.value for rows in (left, right) if rows.value is not None]
        if left.path == right.path and len(factors) == len(args):
            filters = dict.fromkeys(w for w in (left.where, right.where) if w is not None)
            where = build.logic("and", tuple(filters)) if filters else None
            product = build.multiply(*factors)
            return fold_rows(replace(left, where=where, value=product), "sum")
    site.refuse(OTHER_ROWS, right.span, function="SUMPRODUCT")
    return None


FUNCTIONS = (
    Function(
        name="SUMIF",
        aliases=("条件求和",),
        category="aggregate",
        parameters=(_RANGE, _TEST, Parameter("values", "数值", "summable", optional=True)),
        zh="满足条件的明细行的合计；条件写一个值，或 '>5' 这样的比较。",
        en="The total of the child rows that meet a criterion: a value, or a comparison as '>5'.",
        examples=(
            Example("SUMIF(lines.kind, 'a', lines.amount)", "10.25"),
            Example("SUMIF(lines.quantity, '>=1')", "3"),
        ),
        lower=_single("SUMIF", "sum"),
    ),
    Function(
        name="SUMIFS",
        aliases=("多条件求和",),
        category="aggregate",
        parameters=(_ROWS, _RANGE, _TEST),
        repeat=2,
        zh="满足所有条件的明细行的合计。",
        en="The total of the child rows that meet all criteria.",
        examples=(Example("SUMIFS(lines.amount, lines.kind, 'b', lines.quantity, 1)", "25.25"),),
        lower=_several("SUMIFS", "sum"),
    ),
    Function(
        name="COUNTIF",
        aliases=("条件计数", "COUNTIFS", "多条件计数"),
        category="aggregate",
        parameters=(_RANGE, _TEST),
        repeat=2,
        zh="满足所有条件的明细行数。",
        en="How many child rows meet all criteria.",
        examples=(
            Example("COUNTIF(lines.kind, '<>a')", "1"),
            Example("COUNTIFS(lines.kind, 'a', lines.quantity, '>0')", "1"),
        ),
        lower=_counted("COUNTIF"),
    ),
    Function(
        name="AVERAGEIF",
        aliases=("条件平均",),
        category="aggregate",
        parameters=(_RANGE, _TEST, Parameter("values", "数值", "averaged", optional=True)),
        zh="满足条件的明细行的平均值。",
        en="The mean of the child rows that meet a criterion.",
        examples=(Example("AVERAGEIF(lines.quantity, '>0', lines.amount)", "17.75"),),
        lower=_single("AVERAGEIF", "avg"),
    ),
    Function(
        name="AVERAGEIFS",
        aliases=("多条件平均",),
        category="aggregate",
        parameters=(Parameter("values", "数值", "averaged"), _RANGE, _TEST),
        repeat=2,
        zh="满足所有条件的明细行的平均值。",
        en="The mean of the child rows that meet all criteria.",
        examples=(Example("AVERAGEIFS(lines.amount, lines.kind, 'a')", "10.25"),),
        lower=_several("AVERAGEIFS", "avg"),
    ),
    Function(
        name="MINIFS",
        aliases=("条件最小值",),
        category="aggregate",
        parameters=(Parameter("values", "值", "ordered"), _RANGE, _TEST),
        repeat=2,
        zh="满足所有条件的明细行的最小值。",
        en="The smallest value of the child rows that meet all criteria.",
        examples=(Example("MINIFS(lines.amount, lines.quantity, '>0')", "10.25"),),
        lower=_several("MINIFS", "min"),
    ),
    Function(
        name="MAXIFS",
        aliases=("条件最大值",),
        category="aggregate",
        parameters=(Parameter("values", "值", "ordered"), _RANGE, _TEST),
        repeat=2,
        zh="满足所有条件的明细行的最大值。",
        en="The largest value of the child rows that meet all criteria.",
        examples=(Example("MAXIFS(lines.quantity, lines.kind, 'a')", "2"),),
        lower=_several("MAXIFS", "max"),
    ),
    Function(
        name="COUNTBLANK",
        aliases=("空值计数",),
        category="aggregate",
        parameters=(_RANGE,),
        zh="明细里这一列为空的行数。",
        en="How many child rows have a blank there.",
        examples=(Example("COUNTBLANK(lines.amount)", "1"),),
        lower=_blanks,
    ),
    Function(
        name="SUMPRODUCT",
        aliases=("乘积求和",),
        category="aggregate",
        parameters=(_ROWS, Parameter("factors", "系数", "averaged")),
        zh="明细里两列相乘后的合计；任一为空的行不算。",
        en="The total of two columns multiplied; rows with a blank in either do not count.",
        examples=(Example("SUMPRODUCT(lines.quantity, lines.amount)", "45.75"),),
        lower=_products,
    ),
)
