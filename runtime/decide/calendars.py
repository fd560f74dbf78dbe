"""Count time as people do: business dates, working time, deadlines, closed periods; no I/O."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo

import chinese_calendar

from builder.model.others import Calendar
from dsl.calendars import calendar_text
from runtime.decide.periods import civil, epoch_day, first_day, period_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from builder.model.common import Grain

SECOND = 1_000_000
HOUR = 3_600 * SECOND
DAY = 24 * HOUR
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
MAX_SEARCH_DAYS = 3_660  # a calendar without any working day in ten years has no deadline
OFFICE = Calendar(name="office", label={"zh-CN": "办公日历", "en": "Office calendar"})

DaySource = Literal["table", "calendar", "holidays", "weekday", "unknown_year"]


@dataclass(frozen=True, slots=True)
class DayKind:
    """Whether a day is worked, and who says so; `unknown_year` is the weekday rule as a guess."""

    workday: bool
    source: DaySource


@dataclass(frozen=True, slots=True)
class Deadline:
    """When something is due; the years whose holidays were not known when it was computed."""

    due_at: int
    unknown_years: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Days:
    """A calendar with the rows people edited in the day table (epoch day -> is a workday)."""

    calendar: Calendar
    table: Mapping[int, bool] = field(default_factory=dict)


def calendar_of(calendars: Mapping[str, Calendar], name: str) -> Calendar:
    """The calendar with that name; the office calendar when there is none."""
    return calendars.get(name, OFFICE)


# --- instants and local time ----------------------------------------------------------------
@lru_cache(maxsize=4096)
def instant(local: datetime, zone: str) -> int:
    """The instant of a local time: the first one in a fold, the end of the gap in a gap."""
    if local.tzinfo is not None:
        raise ValueError("a local time has no zone")
    tz = ZoneInfo(zone)
    at = _micros(local.replace(tzinfo=tz))
    if _naive(at, tz) == local:
        return at
    low, high = _micros(local.replace(tzinfo=tz, fold=1)), at
    before = _offset(low, tz)
    while high - low > SECOND:  # in a gap: find the instant at which the offset changes
        middle = (low + high) // 2 // SECOND * SECOND
        low, high = (middle, high) if _offset(middle, tz) == before else (low, middle)
    return high


def _micros(at: datetime) -> int:
    return (at - EPOCH) // MICROSECOND


def _naive(at: int, tz: ZoneInfo) -> datetime:
    return (EPOCH + timedelta(microseconds=at)).astimezone(tz).replace(tzinfo=None)


def _offset(at: int, tz: ZoneInfo) -> timedelta | None:
    return (EPOCH + timedelta(microseconds=at)).astimezone(tz).utcoffset()


def local_time(at: int, zone: str) -> datetime:
    """The wall-clock time of an instant, without a zone."""
    return _naive(at, ZoneInfo(zone))


def clock_time(text: str) -> timedelta:
    """A "08:30" of a calendar as the time since midnight; "24:00" is the next midnight."""
    hours, _, minutes = text.partition(":")
    return timedelta(hours=int(hours), minutes=int(minutes))


# --- business dates and periods -------------------------------------------------------------
def business_day(calendar: Calendar, at: int) -> int:
    """The business date of an instant: a night shift still belongs to the day it began."""
    day = epoch_day((local_time(at, calendar.zone) - clock_time(calendar.day_start)).date())
    # in the second of two equal hours the clock is before the start of a day that has begun
    return day + 1 if day_starts(calendar, day + 1) <= at else day


def day_starts(calendar: Calendar, day: int) -> int:
    """The instant at which a business day begins."""
    midnight = datetime.combine(civil(day), time())
    return instant(midnight + clock_time(calendar.day_start), calendar.zone)


def next_midnight(zone: str, after: int) -> int:
    """The instant at which the next civil day begins."""
    tomorrow = local_time(after, zone).date() + timedelta(days=1)
    return instant(datetime.combine(tomorrow, time()), zone)


def day_begins(zone: str, day: int) -> int:
    """The instant at which a civil day begins."""
    return instant(datetime.combine(civil(day), time()), zone)


def period_starts(calendar: Calendar, period: int, grain: Grain) -> int:
    """The instant at which a period begins; it ends where the next one begins."""
    return day_starts(calendar, first_day(period, grain))


def period_at(calendar: Calendar, at: int, grain: Grain) -> int:
    """The period an instant belongs to."""
    return period_of(business_day(calendar, at), grain)


def closes_at(calendar: Calendar, period: int, grain: Grain) -> int:
    """When a period is judged: its end, and the delay its last data may take."""
    return period_starts(calendar, period + 1, grain) + calendar.close_delay_s * SECOND


def last_closed(calendar: Calendar, at: int, grain: Grain) -> int:
    """The newest period that is closed at an instant."""
    period = period_at(calendar, at, grain)
    while closes_at(calendar, period, grain) > at:
        period -= 1
    return period


# --- working time ---------------------------------------------------------------------------
def day_kind(days: Days, day: int) -> DayKind:
    """Whether a business day is worked: table, calendar, holidays, weekday, in this order."""
    calendar, at = days.calendar, civil(day)
    if day in days.table:
        return DayKind(days.table[day], "table")
    if at.isoformat() in calendar.days:
        return DayKind(calendar.days[at.isoformat()], "calendar")
    weekday = at.isoweekday() in calendar.workdays
    if calendar.holidays == "none":
        return DayKind(weekday, "weekday")
    try:
        return DayKind(_worked_in_china(day, weekday=weekday), "holidays")
    except NotImplementedError:  # the State Council has not published that year yet
        return DayKind(weekday, "unknown_year")


def _worked_in_china(day: int, *, weekday: bool) -> bool:
    is_holiday, name = chinese_calendar.get_holiday_detail(civil(day))
    # a day with a name is a holiday, or a weekend day worked in exchange for one
    return weekday if name is None else not is_holiday


def working_days_of(days: Days) -> str:
    """The calendar as formulas count in it."""
    own = {epoch_day(date.fromisoformat(day)) for day in days.calendar.days}
    holidays = _named_in_china() if days.calendar.holidays == "cn" else frozenset()
    special = {*holidays, *own, *days.table}
    worked = {day: day_kind(days, day).workday for day in special}
    return calendar_text(days.calendar.workdays, worked)


@lru_cache(maxsize=1)
def _named_in_china() -> frozenset[int]:
    """Every holiday, and every weekend day worked in exchange for one."""
    named = {*chinese_calendar.constants.holidays, *chinese_calendar.constants.workdays}
    return frozenset(map(epoch_day, named))


def _shifts(days: Days, day: int) -> list[tuple[int, int]]:
    """The working intervals of one business day, oldest first."""
    calendar = days.calendar
    if not calendar.shifts:
        return [(day_starts(calendar, day), day_starts(calendar, day + 1))]
    midnight, day_start = datetime.combine(civil(day), time()), clock_time(calendar.day_start)
    found = []
    for start, end in calendar.shifts:
        begin, until = clock_time(start), clock_time(end)
        shift = timedelta(days=1) if begin < day_start else timedelta()
        over = timedelta(days=1) if until <= begin else timedelta()
        found.append(
            (
                instant(midnight + shift + begin, calendar.zone),
                instant(midnight + shift + over + until, calendar.zone),
            )
        )
    return sorted(found)


def deadline(days: Days, start: int, hours: int) -> Deadline:
    """`hours` of working time after `start`.

    Raises:
        ValueError: the calendar has no working time within ten years.
    """
    left, at, unknown = hours * HOUR, start, set()
    first = business_day(days.calendar, start)
    for day in range(first - 1, first + MAX_SEARCH_DAYS):
        kind = day_kind(days, day)
        if kind.source == "unknown_year":
            unknown.add(civil(day).year)
        if not kind.workday:
            continue
        for begin, end in _shifts(days, day):
            step = min(left, max(0, end - max(at, begin)))
            if step == left:
                return Deadline(max(at, begin) + left, tuple(sorted(unknown)))
            left, at = left - step, max(at, end)
    message = f"the calendar {days.calendar.name} has no working time"
    raise ValueError(message)


# --- when schedules fire --------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Occurrence:
    """One firing of a schedule: when, and its logical name, the same whenever it really runs."""

    at: int
    label: str


def next_every(every_s: int, after: int) -> Occurrence:
    """The next multiple of an interval; the grid is fixed, so restarts do not shift it."""
    step = max(1, every_s) * SECOND
    at = (after // step + 1) * step
    return Occurrence(at, str(at // SECOND))
