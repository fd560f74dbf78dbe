"""Working days as data: the pattern of a week, and the days that differ from it.

A calendar travels as a text, `1111100 20454 20460`: Monday to Sunday, then every epoch day on which
the pattern does not hold. It is a parameter of an evaluation like any other, so that a database
function is handed it as well.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from typing import TYPE_CHECKING

from dsl.values import FIRST_DAY, LAST_DAY

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

OFFICE = "office"
WEEKDAYS = "1111100"  # what counts where no catalog is at hand: Monday to Friday, no holidays
PREFIX = "calendar:"
_WEEK = 7
_FROM_MONDAY = 3  # 1970-01-01 was a Thursday


def parameter_of(calendar: str) -> str:
    """The name of the parameter that carries a calendar."""
    return PREFIX + calendar


def calendar_text(workdays: Collection[int], days: Mapping[int, bool]) -> str:
    """A calendar of ISO weekdays and single days (epoch day -> is a workday)."""
    week = [day in workdays for day in range(1, _WEEK + 1)]
    differing = (day for day, worked in days.items() if worked != week[_weekday(day)])
    pattern = "".join("01"[worked] for worked in week)
    return " ".join([pattern, *map(str, sorted(differing))])


def working_days(start: int, end: int, calendar: str) -> int:
    """How many working days there are from one day to another, both counted; back is negative."""
    known = read_calendar(calendar)
    if end < start:
        return known.until(end - 1) - known.until(start)
    return known.until(end) - known.until(start - 1)


def working_day_after(start: int, days: int, calendar: str) -> int | None:
    """The day so many working days later, or earlier; the start is not counted.

    None beyond the years 1 to 9999, and where there are not that many working days.
    """
    if days == 0:
        return start
    known = read_calendar(calendar)
    wanted = known.until(start) + days if days > 0 else known.until(start - 1) + days + 1
    day = FIRST_DAY + bisect_left(range(FIRST_DAY, LAST_DAY + 1), wanted, key=known.until)
    there = known.until(day) == wanted and known.until(day - 1) == wanted - 1
    return day if there and day <= LAST_DAY else None


@dataclass(frozen=True, slots=True)
class WorkingWeek:
    """What counting needs: the pattern as sums, and the differing days with theirs.

    `before` has the working days before each weekday, and of a whole week; `gained` how many of
    them the first n differing days add.
    """

    before: tuple[int, ...]
    differing: tuple[int, ...]
    gained: tuple[int, ...]

    def until(self, day: int) -> int:
        """The number of working days up to a day, counted from a fixed one."""
        weeks, rest = divmod(day + 1 + _FROM_MONDAY, _WEEK)
        plain = weeks * self.before[_WEEK] + self.before[rest]
        return plain + self.gained[bisect_right(self.differing, day)]


@lru_cache(maxsize=64)
def read_calendar(text: str) -> WorkingWeek:
    """A calendar from its text."""
    pattern, *days = text.split(" ")
    week = [sign == "1" for sign in pattern]
    differing = tuple(map(int, days))
    steps = (-1 if week[_weekday(day)] else 1 for day in differing)
    return WorkingWeek(
        tuple(accumulate(week, initial=0)), differing, tuple(accumulate(steps, initial=0))
    )


def _weekday(day: int) -> int:
    """Monday is 0."""
    return (day + _FROM_MONDAY) % _WEEK
