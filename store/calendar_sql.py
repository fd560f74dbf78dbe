"""Working days in SQL: SQLite calls our functions, PostgreSQL counts with arrays.

Working days are numbered from a fixed one on; the number of a day is that of its place in the
weekly pattern and what the days that differ from the pattern have added so far. `width_bucket`
finds by bisection how many of those there were.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, literal
from sqlalchemy.dialects.postgresql import ARRAY

from dsl.calendars import read_calendar
from dsl.values import FIRST_DAY, LAST_DAY
from store.column_types import BIGINT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from store.sql_operations import Writer

CALENDAR_OPERATIONS = frozenset({"working_days", "working_day_after"})
CALENDAR_PARTS = 5  # arrays
_WEEKS = 1_000_000  # more than there are; keeps what is divided positive
_MONDAY = 4  # from the day before 1970-01-01, a Wednesday, back to the Sunday
_MOST = 10_000_000  # more days than there are between the years 1 and 9999


def calendar_arrays(calendar: str | None) -> list[ColumnElement[Any]]:
    """A calendar as PostgreSQL reads it: five arrays, each NULL when there is none."""
    if calendar is None:
        return [_array(None)] * CALENDAR_PARTS
    week = read_calendar(calendar)
    worked = [day for day in range(7) if week.before[day + 1] > week.before[day]]
    numbers = [week.until(day) for day in week.differing]
    return [*map(_array, (week.before, worked, week.differing, week.gained, numbers))]


def _array(values: Sequence[int] | None) -> ColumnElement[Any]:
    return literal(None if values is None else list(values), ARRAY(BIGINT))


def working_days(w: Writer, args: list[str]) -> str:
    """How many there are from one day to another, both counted."""
    if w.is_sqlite:
        return f"pl_working_days({', '.join(args)})"
    start, end, *arrays = args
    back = f"{_until(w, f'({end} - 1)', arrays)} - {_until(w, start, arrays)}"
    forth = f"{_until(w, end, arrays)} - {_until(w, f'({start} - 1)', arrays)}"
    return w.wide(f"(CASE WHEN {end} < {start} THEN {back} ELSE {forth} END)")


def working_day_after(w: Writer, args: list[str]) -> str:
    """The day with the number wanted: in the pattern, or one that differs from it before that."""
    if w.is_sqlite:
        return f"pl_working_day_after({', '.join(args)})"
    start, days, *arrays = args
    before, worked, differing, gained, numbers = arrays
    forth = f"{_until(w, start, arrays)} + {days}"
    back = f"{_until(w, f'({start} - 1)', arrays)} + {days} + 1"
    wanted = f"CAST(CASE WHEN {days} > 0 THEN {forth} ELSE {back} END AS BIGINT)"
    per_week = f"NULLIF(({before})[8], 0)"
    place = f"(q.n - ({gained})[q.i + 1] - 1 + {per_week} * {_WEEKS})"
    week = f"({place} / {per_week} - {_WEEKS})"
    weekday = f"({worked})[CAST({w.m(place, per_week)} + 1 AS INTEGER)]"
    near = f"LEAST({week} * 7 + {weekday} - {_MONDAY - 1}, ({differing})[q.i + 1])"
    there = f"{per_week} IS NOT NULL OR ({numbers})[q.i + 1] = q.n"
    day = f"CASE WHEN {there} THEN {near} END"
    number = f"(SELECT {wanted} AS n)"
    found = f"(SELECT p.n, width_bucket(p.n - 1, {numbers}) AS i FROM {number} AS p)"  # noqa: S608 - compiled
    reached = f"(SELECT {day} AS day FROM {found} AS q) AS r"  # noqa: S608 - compiled
    inside = f"r.day BETWEEN {FIRST_DAY} AND {LAST_DAY}"
    later = f"(SELECT CASE WHEN {inside} THEN r.day END FROM {reached})"  # noqa: S608 - compiled
    fits = f"WHEN {days} BETWEEN -{_MOST} AND {_MOST} AND {start} IS NOT NULL THEN {later}"
    return w.wide(f"(CASE WHEN {days} = 0 THEN CAST({start} AS BIGINT) {fits} END)")


def _until(w: Writer, day: str, arrays: Sequence[str]) -> str:
    """The number of working days up to a day, as `WorkingWeek.until`."""
    before, _, differing, gained, _ = arrays
    at = f"CAST({day} AS BIGINT)"
    shifted = f"({at} + {_MONDAY + 7 * _WEEKS})"
    weekday = f"CAST({w.m(shifted, '7')} + 1 AS INTEGER)"
    plain = f"({shifted} / 7 - {_WEEKS}) * ({before})[8] + ({before})[{weekday}]"
    return f"({plain} + ({gained})[width_bucket({at}, {differing}) + 1])"
