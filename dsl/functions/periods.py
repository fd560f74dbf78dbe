"""Windows over the periods of a measurement, composed of what it was in earlier ones.

A period without a number is a blank, so it is unknown whether a condition held; the dense numbers
of periods make sure that a missing one is seen. Only closed periods are judged.
"""

from __future__ import annotations

import itertools

from dsl import build
from dsl.codes import NO_GRAIN, NO_PAST
from dsl.functions.nodes import nodes_of
from dsl.functions.spec import Argument, Example, Function, Lower, Parameter, Site
from dsl.ir import Call, Const, Node
from dsl.series import MOST_PERIODS, apart

_PERIODS_PER_YEAR: dict[str, int] = {"month": 12, "quarter": 4, "year": 1}
_DISTANCES = {"day": range(365, 367), "week": range(52, 54)}  # to the same one a year before

_X = Parameter("x", "数字", "number")
_CONDITION = Parameter("condition", "条件", "condition")
_PERIODS = Parameter("periods", "周期数", "whole", low=1, high=MOST_PERIODS)


def _count(node: Node) -> int:
    return int(node.value or 0) if isinstance(node, Const) else 0


def _past(node: Node, ages: range, site: Site) -> tuple[Node, ...] | None:
    """The node at each age; None after reporting that it has no past."""
    found = [site.back(node, age) for age in ages]
    known = tuple(each for each in found if each is not None)
    if len(known) == len(found):
        return known
    site.refuse(NO_PAST, node.span)
    return None


def _mean(values: tuple[Node, ...]) -> Node:
    total = build.same_scale("total", values)
    return build.divide(total, Call("filled", values, build.WHOLE))


def _previous(args: tuple[Argument, ...], site: Site) -> Node | None:
    x, *rest = nodes_of(args)
    age = _count(rest[0]) if rest else 1
    found = _past(x, range(age, age + 1), site)
    return None if found is None else found[0]


def _window_mean(first: int) -> Lower:
    """The mean of n periods; `first` is 0 with this one and 1 without."""

    def lower(args: tuple[Argument, ...], site: Site) -> Node | None:
        x, periods = nodes_of(args)
        found = _past(x, range(first, first + _count(periods)), site)
        return None if found is None else _mean(found)

    return lower


def _relative(x: Node, base: Node) -> Node:
    """By how much x is off the base, as a share of the base's size."""
    return build.divide(build.same_scale("sub", (x, base)), Call("abs", (base,), base.type))


def _change(args: tuple[Argument, ...], site: Site) -> Node | None:
    (x,) = nodes_of(args)
    found = _past(x, range(1, 2), site)
    return None if found is None else _relative(x, found[0])


def _last_year(function: str) -> Lower:
    def lower(args: tuple[Argument, ...], site: Site) -> Node | None:
        (x,) = nodes_of(args)
        return _year_before(x, function, site)

    return lower


def _year_on_year(args: tuple[Argument, ...], site: Site) -> Node | None:
    (x,) = nodes_of(args)
    base = _year_before(x, "YOY", site)
    return None if base is None else _relative(x, base)


def _year_before(x: Node, function: str, site: Site) -> Node | None:
    """A constant distance, but for days and weeks: there the date tells which of two it is."""
    if site.grain is None:
        site.refuse(NO_GRAIN, x.span, function=function)
        return None
    if site.grain not in {"day", "week"}:
        age = _PERIODS_PER_YEAR[site.grain]
        found = _past(x, range(age, age + 1), site)
        return None if found is None else found[0]
    ages = _DISTANCES[site.grain]
    found = _past(x, ages, site)
    if found is None:
        return None
    arms: list[Node] = []
    for age, each in zip(ages, found, strict=True):
        arms += [Call("eq", (apart(site.grain), build.number(age)), build.BOOLEAN), each]
    return Call("case", (*arms, build.null(x.type)), x.type)


def _deviation(args: tuple[Argument, ...], _site: Site) -> Node | None:
    x, base = nodes_of(args)
    return _relative(x, base)


def _row_of(op: str) -> Lower:
    """Each of n steps, every one from a period to the next, goes the same way."""

    def lower(args: tuple[Argument, ...], site: Site) -> Node | None:
        x, periods = nodes_of(args)
        values = _past(x, range(_count(periods) + 1), site)
        if values is None:
            return None
        pairs = itertools.pairwise(values)
        return build.logic("and", tuple(Call(op, pair, build.BOOLEAN) for pair in pairs))

    return lower


def _consecutive(args: tuple[Argument, ...], site: Site) -> Node | None:
    condition, periods = nodes_of(args)
    found = _past(condition, range(_count(periods)), site)
    return None if found is None else build.logic("and", found)


def _at_least(args: tuple[Argument, ...], site: Site) -> Node | None:
    """True and false as soon as the unknown periods can not change it."""
    condition, wanted, periods = nodes_of(args)
    found = _past(condition, range(_count(periods)), site)
    if found is None:
        return None
    one, none = build.number(1), build.number(0)
    hits = _total(tuple(Call("case", (each, one, none), build.WHOLE) for each in found))
    blanks = tuple(Call("is_null", (each,), build.BOOLEAN) for each in found)
    open_ = _total(tuple(Call("case", (each, one, none), build.WHOLE) for each in blanks))
    enough = Call("ge", (hits, wanted), build.BOOLEAN)
    too_few = Call("lt", (_total((hits, open_)), wanted), build.BOOLEAN)
    yes, no = Const(True, build.BOOLEAN), Const(False, build.BOOLEAN)  # noqa: FBT003 -- values
    return Call("case", (enough, yes, too_few, no, build.null(build.BOOLEAN)), build.BOOLEAN)


def _total(nodes: tuple[Node, ...]) -> Node:
    return Call("total", nodes, build.WHOLE)


def _streak(args: tuple[Argument, ...], site: Site) -> Node | None:
    """Counted until the first period where the condition is not true; unknown if that is."""
    condition, most = nodes_of(args)
    found = _past(condition, range(_count(most)), site)
    if found is None:
        return None
    arms: list[Node] = []
    for place, each in enumerate(found):
        blank = Call("is_null", (each,), build.BOOLEAN)
        arms += [blank, build.null(build.WHOLE), build.negation(each), build.number(place)]
    return Call("case", (*arms, build.number(len(found))), build.WHOLE)


def _silence(args: tuple[Argument, ...], site: Site) -> Node | None:
    x, periods = nodes_of(args)
    found = _past(x, range(_count(periods)), site)
    if found is None:
        return None
    return build.logic("and", tuple(Call("is_null", (each,), build.BOOLEAN) for each in found))


def _period(
    name: str, alias: str, parameters: tuple[Parameter, ...], lower: Lower,
    *, zh: str, en: str, examples: tuple[Example, ...],
) -> Function:  # fmt: skip
    return Function(
        name=name, aliases=(alias,), category="period", parameters=parameters, zh=zh, en=en,
        examples=examples, lower=lower, tier=1,
    )  # fmt: skip


FUNCTIONS = (
    _period(
        "PREVIOUS",
        "上期",
        (_X, Parameter("periods", "几期前", "whole", optional=True, low=1, high=MOST_PERIODS)),
        _previous,
        zh="上一个周期的值，或若干周期前的值；那个周期没有数时为空。",
        en="The value of the period before, or of some periods ago; blank when there is none.",
        examples=(Example("PREVIOUS(value)", "0.8"), Example("PREVIOUS(value, 2)", "0.9")),
    ),
    _period(
        "AVGBEFORE",
        "近均值",
        (_X, _PERIODS),
        _window_mean(1),
        zh="本期之前若干周期的平均值（不含本期），空值跳过；适合作为基线。",
        en="The mean of so many periods before this one, blanks skipped: a baseline.",
        examples=(Example("AVGBEFORE(value, 2)", "0.85"),),
    ),
    _period(
        "MOVINGAVG",
        "滚动均值",
        (_X, _PERIODS),
        _window_mean(0),
        zh="含本期在内若干周期的平均值，空值跳过。",
        en="The mean of so many periods, this one included, blanks skipped.",
        examples=(Example("MOVINGAVG(value, 3)", "0.8"),),
    ),
    _period(
        "CHANGE",
        "环比",
        (_X,),
        _change,
        zh="与上期相比的变化率：(本期 − 上期) ÷ 上期的绝对值。",
        en="The change against the period before: (this − before) / |before|.",
        examples=(Example("CHANGE(value)", "-0.125"),),
    ),
    _period(
        "LASTYEAR",
        "上年同期",
        (_X,),
        _last_year("LASTYEAR"),
        zh="上年同一周期的值：同月、同季、同年份的上一年；按日为上年同一天（2 月 29 日为空），"
        "按周为上年同一 ISO 周（上年没有第 53 周时为空）。",
        en="The value of the same period a year before: month, quarter, year; for days the same "
        "date (29 February: blank), for weeks the ISO week of the same number (53: blank).",
        examples=(Example("LASTYEAR(value)", "0.5"),),
    ),
    _period(
        "YOY",
        "同比",
        (_X,),
        _year_on_year,
        zh="与上年同期相比的变化率：(本期 − 上年同期) ÷ 上年同期的绝对值。",
        en="The change against the same period a year before: (this − then) / |then|.",
        examples=(Example("YOY(value)", "0.4"), Example("同比(target)", None)),
    ),
    _period(
        "DEVIATION",
        "偏离率",
        (_X, Parameter("base", "基准", "number")),
        _deviation,
        zh="偏离基准的比率：(x − 基准) ÷ 基准的绝对值。",
        en="How far off a base: (x − base) / |base|.",
        examples=(Example("DEVIATION(90, 120)", "-0.25"),),
    ),
    _period(
        "FALLING",
        "连降",
        (_X, _PERIODS),
        _row_of("lt"),
        zh="是否连续若干次严格下降；中间缺数时未知。",
        en="Whether it fell so many times in a row; unknown when a number is missing.",
        examples=(Example("FALLING(value, 2)", "true"), Example("FALLING(value, 3)", None)),
    ),
    _period(
        "RISING",
        "连升",
        (_X, _PERIODS),
        _row_of("gt"),
        zh="是否连续若干次严格上升；中间缺数时未知。",
        en="Whether it rose so many times in a row; unknown when a number is missing.",
        examples=(Example("RISING(value, 1)", "false"),),
    ),
    _period(
        "CONSECUTIVE",
        "连续",
        (_CONDITION, _PERIODS),
        _consecutive,
        zh="条件是否连续若干周期成立；缺数的周期使结果未知。",
        en="Whether a condition held so many periods in a row; a missing one makes it unknown.",
        examples=(Example("CONSECUTIVE(value < target, 2)", "true"),),
    ),
    _period(
        "ATLEAST",
        "至少",
        (_CONDITION, Parameter("times", "次数", "whole", low=1, high=MOST_PERIODS), _PERIODS),
        _at_least,
        zh="最近若干周期里条件是否至少成立若干次。",
        en="Whether a condition held at least so many times in the last periods.",
        examples=(Example("ATLEAST(value < target, 2, 4)", "true"),),
    ),
    _period(
        "STREAK",
        "连续次数",
        (_CONDITION, _PERIODS),
        _streak,
        zh="条件到本期为止连续成立了几个周期，最多数到所给的周期数。",
        en="For how many periods in a row, this one included, a condition has held; counted "
        "no further than so many.",
        examples=(Example("STREAK(value < target, 3)", "3"),),
    ),
    _period(
        "SILENCE",
        "沉默",
        (Parameter("x", "值", "any"), _PERIODS),
        _silence,
        zh="最近若干周期是否都没有数。",
        en="Whether there was no number in so many periods.",
        examples=(Example("SILENCE(value, 2)", "false"),),
    ),
)
