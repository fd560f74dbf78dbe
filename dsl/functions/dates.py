"""Dates, lengths of time and the parameters of an evaluation."""

from __future__ import annotations

from dsl import build
from dsl import types as t
from dsl.functions.nodes import nodes_of
from dsl.functions.spec import Argument, Example, Function, Lower, Parameter, Site
from dsl.ir import Call, Node, Param
from dsl.units import DAY_US

_DATE = Parameter("date", "日期", "date")
_MONTHS = Parameter("months", "月数", "number")
_HOUR = build.number(DAY_US // 24)


def _whole(args: tuple[Node, ...]) -> tuple[Node, ...]:
    return tuple(
        build.rescale(arg, 0, op="div_down") if isinstance(arg.type, t.Number) else arg
        for arg in args
    )


def _part(op: str) -> Lower:
    return lambda args, _site: Call(op, nodes_of(args), build.WHOLE)


def _date(op: str) -> Lower:
    return lambda args, _site: Call(op, _whole(nodes_of(args)), build.DATE)


def _quarter(args: tuple[Argument, ...], _site: Site) -> Node | None:
    month = Call("civil_month", nodes_of(args), build.WHOLE)
    shifted = Call("add", (month, build.number(2)), build.WHOLE)
    return Call("div_floor", (shifted, build.number(3)), build.WHOLE)


def _days(args: tuple[Argument, ...], _site: Site) -> Node | None:
    start, end = nodes_of(args)
    return Call("sub", (end, start), t.Number(0, unit="d"))


def _week(args: tuple[Argument, ...], _site: Site) -> Node | None:
    """ISO 8601: the week of a date is that of its Thursday, counted in the Thursday's year."""
    (day,) = nodes_of(args)
    weekday = Call("weekday", (day,), build.WHOLE)
    to_thursday = Call("sub", (build.number(4), weekday), build.WHOLE)
    thursday = Call("add_days", (day, to_thursday), build.DATE)
    year = Call("civil_year", (thursday,), build.WHOLE)
    new_year = Call("make_date", (year, build.number(1), build.number(1)), build.DATE)
    days = Call("sub", (thursday, new_year), build.WHOLE)
    weeks = Call("div_floor", (days, build.number(7)), build.WHOLE)
    return Call("add", (weeks, build.number(1)), build.WHOLE)


def _months_between(args: tuple[Argument, ...], _site: Site) -> Node | None:
    """Whole months from start to end; the last one counts when its day is reached."""
    start, end = nodes_of(args)
    months = Call("sub", (_month_index(end), _month_index(start)), build.WHOLE)
    days = tuple(Call("civil_day", (each,), build.WHOLE) for each in (end, start))
    early = Call("lt", days, build.BOOLEAN)
    less = Call("sub", (months, build.number(1)), build.WHOLE)
    counted = Call("case", (early, less, months), build.WHOLE)
    before = Call("ge", (end, start), build.BOOLEAN)
    return Call("case", (before, counted, build.null(build.WHOLE)), build.WHOLE)


def _month_index(day: Node) -> Node:
    year = Call("civil_year", (day,), build.WHOLE)
    months = Call("mul", (year, build.number(12)), build.WHOLE)
    return Call("add", (months, Call("civil_month", (day,), build.WHOLE)), build.WHOLE)


def _share_of(unit: Node) -> Lower:
    """A length of time as a number of units with 8 decimals."""
    return lambda args, _site: build.divide(build.as_number(nodes_of(args)[0]), unit)


def _param(name: str, kind: t.Type) -> Lower:
    return lambda _args, _site: Param(name, kind)


FUNCTIONS = (
    Function(
        name="DATE",
        aliases=("日期",),
        category="date",
        parameters=(
            Parameter("year", "年", "number"),
            Parameter("month", "月", "number"),
            Parameter("day", "日", "number"),
        ),
        zh="由年月日组成日期；不存在的日期没有结果。",
        en="A date from its parts; no result when there is no such date.",
        examples=(Example("DATE(2024, 2, 29)", "2024-02-29"), Example("DATE(2026, 2, 30)", None)),
        lower=_date("make_date"),
    ),
    Function(
        name="YEAR",
        aliases=("年",),
        category="date",
        parameters=(_DATE,),
        zh="年份。",
        en="The year.",
        examples=(Example("YEAR(2026-02-08)", "2026"),),
        lower=_part("civil_year"),
    ),
    Function(
        name="QUARTER",
        aliases=("季度",),
        category="date",
        parameters=(_DATE,),
        zh="季度，1 到 4。",
        en="The quarter, 1 to 4.",
        examples=(Example("QUARTER(2026-02-08)", "1"), Example("QUARTER(2026-10-01)", "4")),
        lower=_quarter,
    ),
    Function(
        name="MONTH",
        aliases=("月",),
        category="date",
        parameters=(_DATE,),
        zh="月份，1 到 12。",
        en="The month, 1 to 12.",
        examples=(Example("MONTH(2026-02-08)", "2"),),
        lower=_part("civil_month"),
    ),
    Function(
        name="DAY",
        aliases=("日",),
        category="date",
        parameters=(_DATE,),
        zh="几号。",
        en="The day of the month.",
        examples=(Example("DAY(2026-02-08)", "8"),),
        lower=_part("civil_day"),
    ),
    Function(
        name="WEEKDAY",
        aliases=("星期",),
        category="date",
        parameters=(_DATE,),
        zh="星期几，星期一为 1，星期日为 7。",
        en="The day of the week, Monday is 1 and Sunday 7.",
        examples=(Example("WEEKDAY(2026-02-08)", "7"),),
        lower=_part("weekday"),
    ),
    Function(
        name="WEEKNUM",
        aliases=("ISOWEEKNUM", "周数"),
        category="date",
        parameters=(_DATE,),
        zh="一年中的第几周（ISO：周一开始，含当年第一个星期四的为第 1 周）。",
        en="The week of the year (ISO: from Monday; week 1 has the year's first Thursday).",
        examples=(Example("WEEKNUM(2026-02-08)", "6"), Example("WEEKNUM(2027-01-03)", "53")),
        lower=_week,
    ),
    Function(
        name="MONTHS",
        aliases=("整月数",),
        category="date",
        parameters=(Parameter("start", "开始", "date"), Parameter("end", "结束", "date")),
        zh="从开始到结束的整月数；结束早于开始时没有结果。整年数为 QUOTIENT(…, 12)。",
        en="Whole months from start to end; no result when the end is earlier. "
        "For years: QUOTIENT(..., 12).",
        examples=(
            Example("MONTHS(2026-01-31, 2026-02-28)", "0"),
            Example("MONTHS(2024-02-29, 2026-03-01)", "24"),
        ),
        lower=_months_between,
    ),
    Function(
        name="DAYS",
        aliases=("天数",),
        category="date",
        parameters=(Parameter("start", "开始", "date"), Parameter("end", "结束", "date")),
        zh="从开始到结束的天数（结束 − 开始）。",
        en="Days from start to end (end − start).",
        examples=(Example("DAYS(2026-02-01, 2026-02-08)", "7"),),
        lower=_days,
    ),
    Function(
        name="EDATE",
        aliases=("加月",),
        category="date",
        parameters=(_DATE, _MONTHS),
        zh="若干个月之后的同一天；没有这一天时取月末。",
        en="The same day some months later, or the last day of that month.",
        examples=(
            Example("EDATE(2026-01-31, 1)", "2026-02-28"),
            Example("2024-02-29 + 1年", "2025-02-28"),
        ),
        lower=_date("add_months"),
    ),
    Function(
        name="EOMONTH",
        aliases=("月末",),
        category="date",
        parameters=(_DATE, _MONTHS),
        zh="若干个月之后那个月的最后一天。",
        en="The last day of the month some months later.",
        examples=(Example("EOMONTH(2026-01-15, 1)", "2026-02-28"),),
        lower=_date("month_end"),
    ),
    Function(
        name="HOURS",
        aliases=("小时数",),
        category="date",
        parameters=(Parameter("duration", "时长", "duration"),),
        zh="时长折合的小时数。",
        en="A length of time in hours.",
        examples=(Example("HOURS(90min)", "1.5"), Example("HOURS(1d)", "24")),
        lower=_share_of(_HOUR),
    ),
    Function(
        name="TODAY",
        aliases=("今天",),
        category="date",
        parameters=(),
        zh="计算当天的日期；每次计算固定不变，并随结果保存。",
        en="The date of the evaluation; fixed per run and stored with the result.",
        examples=(Example("TODAY()", "2026-03-02"), Example("TODAY() + 7天", "2026-03-09")),
        lower=_param("today", build.DATE),
    ),
    Function(
        name="NOW",
        aliases=("现在",),
        category="date",
        parameters=(),
        zh="计算时刻；每次计算固定不变，并随结果保存。",
        en="The instant of the evaluation; fixed per run and stored with the result.",
        examples=(Example("NOW()", "2026-03-02T01:00:00Z"),),
        lower=_param("now", t.DateTime()),
    ),
    Function(
        name="PERIOD_START",
        aliases=("期初",),
        category="period",
        parameters=(),
        zh="所算周期的第一天。",
        en="The first day of the period that is measured.",
        examples=(Example("PERIOD_START()", "2026-02-01"),),
        lower=_param("period_start", build.DATE),
    ),
    Function(
        name="PERIOD_END",
        aliases=("期末",),
        category="period",
        parameters=(),
        zh="所算周期的最后一天。",
        en="The last day of the period that is measured.",
        examples=(
            Example("PERIOD_END()", "2026-02-28"),
            Example("CLAMP(DAYS(start, PERIOD_END()) ÷ DAYS(start, end), 0, 1)", "0.33333333"),
        ),
        lower=_param("period_end", build.DATE),
    ),
)
