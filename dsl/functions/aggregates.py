"""Totals over arguments and over child rows."""

from __future__ import annotations

from dsl import build
from dsl import types as t
from dsl.codes import ARGUMENT_TYPE
from dsl.functions.spec import Argument, Example, Function, Lower, Parameter, RowsValue, Site
from dsl.ir import Call, Const, Fold, FoldKind, Node
from dsl.types import DIVISION_SCALE
from dsl.values import LAST_DAY, LAST_INSTANT
from dsl.words import got

_SUMMED = Parameter("values", "数值", "summable")
_AVERAGED = Parameter("values", "数值", "averaged")
_ORDERED = Parameter("values", "值", "ordered")
_COUNTED = Parameter("values", "值", "countable")


def fold_rows(rows: RowsValue, kind: FoldKind) -> Fold:
    """Child rows as one value; without a field, how many there are."""
    value = rows.value
    values: tuple[Node, ...] = () if value is None else (value,)
    if kind == "count" and value is None:
        return Fold("rows", rows.path, rows.where, (), (), build.WHOLE)
    result: t.Type = build.WHOLE if kind == "count" else _type_of(value)
    if kind == "avg":
        unit = None if value is None else build.unit_of(value)
        result = t.Number(DIVISION_SCALE, unit)
    return Fold(kind, rows.path, rows.where, values, (), result)


def _type_of(value: Node | None) -> t.Type:
    return build.WHOLE if value is None else value.type


def _extreme(kind: FoldKind, op: str) -> Lower:
    """MIN or MAX of anything that has an order; blanks are skipped."""

    def lower(args: tuple[Argument, ...], site: Site) -> Node | None:
        parts = tuple(fold_rows(a, kind) if isinstance(a, RowsValue) else a for a in args)
        if len(parts) == 1:
            return parts[0]
        unified = site.unify(parts)
        return None if unified is None else Call(op, unified, unified[0].type)

    return lower


def _sum(args: tuple[Argument, ...], site: Site) -> Node | None:
    parts = tuple(fold_rows(a, "sum") if isinstance(a, RowsValue) else a for a in args)
    if len(parts) == 1 and isinstance(parts[0], Fold):
        return parts[0]
    unified = site.unify(parts)
    return None if unified is None else Call("total", unified, unified[0].type)


def _count(args: tuple[Argument, ...], _site: Site) -> Node | None:
    folds: list[Node] = [fold_rows(a, "count") for a in args if isinstance(a, RowsValue)]
    plain = tuple(a for a in args if isinstance(a, Node))
    if plain:
        folds.append(Call("filled", plain, build.WHOLE))
    return folds[0] if len(folds) == 1 else Call("total", tuple(folds), build.WHOLE)


def _average(args: tuple[Argument, ...], site: Site) -> Node | None:
    if len(args) == 1 and isinstance(args[0], RowsValue):
        return fold_rows(args[0], "avg")
    parts = site.unify(tuple(fold_rows(a, "avg") if isinstance(a, RowsValue) else a for a in args))
    if parts is None:
        return None
    total = Call("total", parts, parts[0].type)
    return build.divide(total, Call("filled", parts, build.WHOLE))


def _interpolate(args: tuple[Argument, ...], site: Site) -> Node | None:
    rows, x, y, at = args
    if not isinstance(rows, RowsValue) or not (isinstance(x, Node) and isinstance(y, Node)):
        return None
    if not _are_points("INTERPOLATE", x, y, site):
        return None
    outer = at if isinstance(at, Node) else Const(None, x.type)
    if isinstance(x.type, t.Number):
        scale = max(build.scale_of(x), build.scale_of(outer))
        x, outer = build.rescale(x, scale), build.rescale(outer, scale)
    wide = build.rescale(y, DIVISION_SCALE)
    return Fold("interpolate", rows.path, rows.where, (x, wide), (outer,), wide.type)


def _are_points(function: str, x: Node, y: Node, site: Site) -> bool:
    """Whether rows can be put in order by `x` and have numbers in `y`."""
    wrong: tuple[str, t.Type, t.Type] | None = None
    if not isinstance(x.type, t.Number | t.Date | t.DateTime):
        wrong = ("x_field", t.Date(), x.type)
    elif not isinstance(y.type, t.Number):
        wrong = ("y_field", t.Number(0), y.type)
    if wrong is None:
        return True
    name, wanted, kind = wrong
    args = {"function": function, "parameter": name} | got(wanted, "wanted") | got(kind)
    site.refuse(ARGUMENT_TYPE, (x if name == "x_field" else y).span, **args)
    return False


def _latest(args: tuple[Argument, ...], site: Site) -> Node | None:
    """The line through the points goes on flat behind the last one."""
    rows, x, y = args
    if not isinstance(rows, RowsValue) or not (isinstance(x, Node) and isinstance(y, Node)):
        return None
    if not _are_points("LATEST", x, y, site):
        return None
    wide = build.rescale(y, DIVISION_SCALE)
    end = Const(_ENDS.get(type(x.type), t.INT64_MAX), x.type)
    found = Fold("interpolate", rows.path, rows.where, (x, wide), (end,), wide.type)
    return build.rescale(found, build.scale_of(y))


_ENDS: dict[type[t.Type], int] = {t.Date: LAST_DAY, t.DateTime: LAST_INSTANT}
FUNCTIONS = (
    Function(
        name="SUM",
        aliases=("求和", "合计"),
        category="aggregate",
        parameters=(_SUMMED,),
        repeat=1,
        zh="合计，跳过空值；没有数据时为 0。可用于明细：SUM(明细[数量>0].金额)。",
        en="The total, blanks skipped; 0 when there is nothing. "
        "Also over child rows: SUM(lines[quantity > 0].amount).",
        examples=(
            Example("SUM(1, NULL, 2.5)", "3.5"),
            Example("SUM(lines[quantity > 0].amount)", "35.5"),
        ),
        lower=_sum,
    ),
    Function(
        name="COUNT",
        aliases=("计数", "COUNTA"),
        category="aggregate",
        parameters=(_COUNTED,),
        repeat=1,
        zh="非空值的个数；直接写明细表时为行数。",
        en="How many values are not blank; of a child table itself: its rows.",
        examples=(
            Example("COUNT(1, NULL)", "1"),
            Example("COUNT(lines)", "3"),
            Example("COUNT(lines.amount)", "2"),
            Example("COUNT(lines[kind = 'b'])", "1"),
        ),
        lower=_count,
    ),
    Function(
        name="AVG",
        aliases=("AVERAGE", "平均值", "平均"),
        category="aggregate",
        parameters=(_AVERAGED,),
        repeat=1,
        zh="平均值，跳过空值；没有数据时没有结果。",
        en="The mean, blanks skipped; no result when there is nothing.",
        examples=(
            Example("AVG(1, 2, NULL)", "1.5"),
            Example("AVG(lines.amount)", "17.75"),
            Example("AVG(lines[quantity > 99].amount)", None),
        ),
        lower=_average,
    ),
    Function(
        name="MIN",
        aliases=("最小值",),
        category="aggregate",
        parameters=(_ORDERED,),
        repeat=1,
        zh="最小值，跳过空值；也可用于日期。",
        en="The smallest, blanks skipped; dates work too.",
        examples=(Example("MIN(3, NULL, 1.5)", "1.5"), Example("MIN(lines.amount)", "10.25")),
        lower=_extreme("min", "least"),
    ),
    Function(
        name="MAX",
        aliases=("最大值",),
        category="aggregate",
        parameters=(_ORDERED,),
        repeat=1,
        zh="最大值，跳过空值；也可用于日期。",
        en="The largest, blanks skipped; dates work too.",
        examples=(Example("MAX(3, 1.5)", "3"), Example("MAX(lines.amount)", "25.25")),
        lower=_extreme("max", "greatest"),
    ),
    Function(
        name="INTERPOLATE",
        aliases=("插值",),
        category="aggregate",
        parameters=(
            Parameter("rows", "明细", "rows"),
            Parameter("x_field", "横轴字段", "child"),
            Parameter("y_field", "纵轴字段", "child"),
            Parameter("at", "位置", "any"),
        ),
        zh="按明细中的点做线性插值；第一个点之前和最后一个点之后取端点的值。",
        en="The value of a line drawn through points; flat before the first and after the last.",
        examples=(
            Example("INTERPOLATE(points, on, percent, 2026-02-01)", "0.25"),
            Example("INTERPOLATE(points, on, percent, 2027-01-01)", "1"),
        ),
        lower=_interpolate,
        tier=3,
    ),
    Function(
        name="LATEST",
        aliases=("最新值",),
        category="aggregate",
        parameters=(
            Parameter("rows", "明细", "rows"),
            Parameter("x_field", "先后字段", "child"),
            Parameter("y_field", "数值字段", "child"),
        ),
        zh="明细里最新一行的数值，空值不算；同一时间有几行时取最大的。",
        en="The number in the newest of the child rows that have one; the largest of equally new.",
        examples=(
            Example("LATEST(points, on, percent)", "1"),
            Example("最新值(points[on < 2026-06-01], on, percent)", "0.5"),
        ),
        lower=_latest,
        tier=3,
    ),
)
