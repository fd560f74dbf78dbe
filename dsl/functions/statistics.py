"""Figures over the values of child rows that need all of them at once."""

from __future__ import annotations

from dsl import build
from dsl import types as t
from dsl.codes import OTHER_ROWS
from dsl.functions.nodes import EIGHT, eight, nodes_of, seen_from_child, whole
from dsl.functions.spec import Argument, Example, Function, Lower, Parameter, RowsValue, Site
from dsl.ir import Call, Fold, FoldKind, Node

_VALUES = Parameter("values", "数值", "averaged")


def _rows(function: str, args: tuple[Argument, ...], site: Site) -> RowsValue | None:
    """The child rows among the arguments, if a field of theirs is named."""
    found = next((arg for arg in args if isinstance(arg, RowsValue)), None)
    if found is None or found.value is None:
        site.refuse(OTHER_ROWS, None if found is None else found.span, function=function)
        return None
    return found


def _listed(name: str, kind: FoldKind, at: Node | None = None) -> Lower:
    """A fold over numbers with 8 decimals, and one argument more."""

    def lower(args: tuple[Argument, ...], site: Site) -> Node | None:
        rows = _rows(name, args, site)
        if rows is None or rows.value is None:
            return None
        argument = at if at is not None else eight(nodes_of(args)[0])
        values = (eight(rows.value),)
        return Fold(kind, rows.path, rows.where, values, (argument,), EIGHT)

    return lower


def _placed(name: str, kind: FoldKind) -> Lower:
    """The value at a place of the order; it keeps its type."""

    def lower(args: tuple[Argument, ...], site: Site) -> Node | None:
        rows = _rows(name, args, site)
        if rows is None or rows.value is None:
            return None
        place = whole(nodes_of(args)[0])
        return Fold(kind, rows.path, rows.where, (rows.value,), (place,), rows.value.type)

    return lower


def _distinct(args: tuple[Argument, ...], site: Site) -> Node | None:
    rows = _rows("COUNTUNIQUE", args, site)
    if rows is None or rows.value is None:
        return None
    return Fold("distinct", rows.path, rows.where, (rows.value,), (), build.WHOLE)


def _joined(args: tuple[Argument, ...], site: Site) -> Node | None:
    rows = _rows("TEXTJOIN", args, site)
    if rows is None or rows.value is None or not isinstance(rows.value.type, t.Text):
        site.refuse(OTHER_ROWS, None if rows is None else rows.span, function="TEXTJOIN")
        return None
    return Fold("join", rows.path, rows.where, (rows.value,), nodes_of(args), build.TEXT)


def _rank(args: tuple[Argument, ...], site: Site) -> Node | None:
    """One more than the number of child rows above it."""
    rows = _rows("RANK", args, site)
    x = nodes_of(args)[0]
    seen = seen_from_child(x)
    if rows is None or rows.value is None or seen is None:
        site.refuse(OTHER_ROWS, x.span, function="RANK")
        return None
    above = Call("gt", build.align((rows.value, seen)), build.BOOLEAN)
    where = above if rows.where is None else Call("and", (rows.where, above), build.BOOLEAN)
    count = Fold("rows", rows.path, where, (), (), build.WHOLE)
    known = Call("not", (Call("is_null", (x,), build.BOOLEAN),), build.BOOLEAN)
    place = Call("add", (count, build.number(1)), build.WHOLE)
    return Call("case", (known, place, build.null(build.WHOLE)), build.WHOLE)


FUNCTIONS = (
    Function(
        name="COUNTUNIQUE",
        aliases=("去重计数",),
        category="aggregate",
        parameters=(Parameter("values", "值", "countable"),),
        zh="明细里有多少个不同的值，空值不算。",
        en="How many different values the child rows have; blanks do not count.",
        examples=(Example("COUNTUNIQUE(lines.kind)", "2"),),
        lower=_distinct,
        tier=1,
    ),
    Function(
        name="MEDIAN",
        aliases=("中位数",),
        category="aggregate",
        parameters=(_VALUES,),
        zh="中位数，空值不算。",
        en="The middle value; blanks do not count.",
        examples=(
            Example("MEDIAN(lines.quantity)", "1"),
            Example("MEDIAN(lines.amount)", "17.75"),
        ),
        lower=_listed("MEDIAN", "percentile", build.number(50_000_000, 8)),
        tier=3,
    ),
    Function(
        name="PERCENTILE",
        aliases=("百分位数",),
        category="aggregate",
        parameters=(_VALUES, Parameter("share", "比例", "number")),
        zh="百分位数，比例为 0 到 1；落在两个值之间时按直线取值。",
        en="The value below which a share (0 to 1) lies, on the line between neighbours.",
        examples=(
            Example("PERCENTILE(lines.quantity, 25%)", "0.5"),
            Example("PERCENTILE(lines.quantity, 2)", None),
        ),
        lower=_listed("PERCENTILE", "percentile"),
        tier=3,
    ),
    Function(
        name="STDEV",
        aliases=("标准差",),
        category="aggregate",
        parameters=(_VALUES,),
        zh="样本标准差（除以 n−1）；少于两个值时没有结果。",
        en="The standard deviation of a sample (n − 1); none of fewer than two values.",
        examples=(Example("STDEV(lines.quantity)", "1"), Example("STDEV(points.percent)", "0.5")),
        lower=_listed("STDEV", "deviation", build.number(1)),
        tier=3,
    ),
    Function(
        name="STDEVP",
        aliases=("总体标准差",),
        category="aggregate",
        parameters=(_VALUES,),
        zh="总体标准差（除以 n）。",
        en="The standard deviation of all there are (n).",
        examples=(Example("STDEVP(lines.quantity)", "0.81649658"),),
        lower=_listed("STDEVP", "deviation", build.number(0)),
        tier=3,
    ),
    Function(
        name="LARGE",
        aliases=("第几大",),
        category="aggregate",
        parameters=(Parameter("values", "值", "ordered"), Parameter("place", "名次", "number")),
        zh="从大到小的第几个值。",
        en="The value at a place from the top.",
        examples=(Example("LARGE(lines.quantity, 2)", "1"),),
        lower=_placed("LARGE", "nth_largest"),
        tier=3,
    ),
    Function(
        name="SMALL",
        aliases=("第几小",),
        category="aggregate",
        parameters=(Parameter("values", "值", "ordered"), Parameter("place", "名次", "number")),
        zh="从小到大的第几个值。",
        en="The value at a place from the bottom.",
        examples=(
            Example("SMALL(lines.quantity, 1)", "0"),
            Example("SMALL(lines.quantity, 9)", None),
        ),
        lower=_placed("SMALL", "nth_smallest"),
        tier=3,
    ),
    Function(
        name="RANK",
        aliases=("排名",),
        category="aggregate",
        parameters=(Parameter("x", "数字", "number"), _VALUES),
        zh="在明细的数值里从大到小排第几；相同的值名次相同。",
        en="The place among the values of child rows, the largest first; equal values share it.",
        examples=(Example("RANK(1, lines.quantity)", "2"),),
        lower=_rank,
        tier=1,
    ),
    Function(
        name="TEXTJOIN",
        aliases=("文本合并",),
        category="aggregate",
        parameters=(
            Parameter("separator", "分隔符", "text"),
            Parameter("values", "文本", "countable"),
        ),
        zh="按顺序连接明细里的文本，空值跳过。",
        en="The texts of child rows in their order, blanks skipped.",
        examples=(Example("TEXTJOIN('、', lines.note)", "急、缓"),),
        lower=_joined,
        tier=3,
    ),
)
