"""Working days, counted in a calendar: 调休 and the days people marked included."""

from __future__ import annotations

from dsl import build
from dsl.functions.nodes import nodes_of, whole
from dsl.functions.spec import Argument, Example, Function, Parameter, Site
from dsl.ir import Call, Node

_CALENDAR = Parameter("calendar", "日历", "calendar", optional=True)
_START = Parameter("start", "开始", "date")


def _calendar(named: tuple[Node, ...], site: Site) -> Node:
    return named[0] if named else site.calendar


def _between(args: tuple[Argument, ...], site: Site) -> Node | None:
    start, end, *named = nodes_of(args)
    return Call("working_days", (start, end, _calendar((*named,), site)), build.WHOLE)


def _after(args: tuple[Argument, ...], site: Site) -> Node | None:
    start, days, *named = nodes_of(args)
    given = (start, whole(days), _calendar((*named,), site))
    return Call("working_day_after", given, build.DATE)


def _is_one(args: tuple[Argument, ...], site: Site) -> Node | None:
    day, *named = nodes_of(args)
    count = Call("working_days", (day, day, _calendar((*named,), site)), build.WHOLE)
    return Call("eq", (count, build.number(1)), build.BOOLEAN)


FUNCTIONS = (
    Function(
        name="NETWORKDAYS",
        aliases=("工作日数",),
        category="date",
        parameters=(_START, Parameter("end", "结束", "date"), _CALENDAR),
        zh="从开始到结束的工作日数，两端都算；结束早于开始时为负。日历写名称，省略时为指标的日历，"
        "否则为 'office'；法定节假日与调休按日历计。",
        en="The working days from start to end, both counted; negative when the end is earlier. "
        "The calendar is its name; left out it is the metric's, else 'office'. Public holidays "
        "and make-up days count as the calendar says.",
        examples=(
            Example("NETWORKDAYS(2026-03-02, 2026-03-15)", "10"),
            Example("NETWORKDAYS(2026-03-06, 2026-03-02)", "-5"),
            Example("工作日数(start, end, 'office')", "125"),
        ),
        lower=_between,
        tier=1,
    ),
    Function(
        name="WORKDAY",
        aliases=("工作日推移",),
        category="date",
        parameters=(_START, Parameter("days", "工作日数", "number"), _CALENDAR),
        zh="若干个工作日之后（负数为之前）的工作日，开始当天不算。",
        en="The working day so many working days later, or earlier with a negative number; the "
        "start is not counted.",
        examples=(
            Example("WORKDAY(2026-03-06, 1)", "2026-03-09"),
            Example("WORKDAY(2026-03-09, -1)", "2026-03-06"),
            Example("工作日推移(2026-03-07, 0)", "2026-03-07"),
        ),
        lower=_after,
        tier=1,
    ),
    Function(
        name="ISWORKDAY",
        aliases=("是否工作日", "IS_WORKDAY"),
        category="date",
        parameters=(Parameter("date", "日期", "date"), _CALENDAR),
        zh="这一天在日历里是不是工作日。",
        en="Whether a day is worked in the calendar.",
        examples=(
            Example("ISWORKDAY(2026-03-06)", "true"),
            Example("是否工作日(2026-03-07)", "false"),
        ),
        lower=_is_one,
        tier=1,
    ),
)
