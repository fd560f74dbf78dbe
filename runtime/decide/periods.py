"""Number the periods of each grain densely: day, week, month, quarter, year; no I/O."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, get_args

from builder.model.common import Grain

if TYPE_CHECKING:
    from collections.abc import Callable

GRAINS: tuple[Grain, ...] = get_args(Grain)
EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
MONTHS_PER_YEAR = 12
QUARTERS_PER_YEAR = 4
MONTHS_PER_QUARTER = 3
DAYS_PER_WEEK = 7
MONDAY_SHIFT = 3  # 1970-01-01 was a Thursday, so epoch day -3 is the Monday of week 0


def civil(day: int) -> date:
    """The date of an epoch day."""
    return date.fromordinal(day + EPOCH_ORDINAL)


def epoch_day(at: date) -> int:
    """The epoch day of a date."""
    return at.toordinal() - EPOCH_ORDINAL


def _first_of_month(month: int) -> int:
    year, index = divmod(month, MONTHS_PER_YEAR)
    return epoch_day(date(year, index + 1, 1))


def _month_of(day: int) -> int:
    at = civil(day)
    return at.year * MONTHS_PER_YEAR + at.month - 1


def _week_label(period: int) -> str:
    year, week, _ = civil(period * DAYS_PER_WEEK - MONDAY_SHIFT).isocalendar()
    return f"{year:04d}-W{week:02d}"


def _month_label(period: int) -> str:
    return f"{period // MONTHS_PER_YEAR:04d}-{period % MONTHS_PER_YEAR + 1:02d}"


def _quarter_label(period: int) -> str:
    return f"{period // QUARTERS_PER_YEAR:04d}-Q{period % QUARTERS_PER_YEAR + 1}"


@dataclass(frozen=True, slots=True)
class _Grid:
    """How one grain numbers and names its periods."""

    of: Callable[[int], int]
    first: Callable[[int], int]
    label: Callable[[int], str]


_GRIDS: dict[Grain, _Grid] = {
    "day": _Grid(lambda day: day, lambda period: period, lambda period: civil(period).isoformat()),
    "week": _Grid(
        lambda day: (day + MONDAY_SHIFT) // DAYS_PER_WEEK,
        lambda period: period * DAYS_PER_WEEK - MONDAY_SHIFT,
        _week_label,
    ),
    "month": _Grid(_month_of, _first_of_month, _month_label),
    "quarter": _Grid(
        lambda day: _month_of(day) // MONTHS_PER_QUARTER,
        lambda period: _first_of_month(period * MONTHS_PER_QUARTER),
        _quarter_label,
    ),
    "year": _Grid(
        lambda day: civil(day).year,
        lambda period: _first_of_month(period * MONTHS_PER_YEAR),
        lambda period: f"{period:04d}",
    ),
}


def period_of(day: int, grain: Grain) -> int:
    """The dense number of the period that holds an epoch day."""
    return _GRIDS[grain].of(day)


def first_day(period: int, grain: Grain) -> int:
    """The first epoch day of a period."""
    return _GRIDS[grain].first(period)


def last_day(period: int, grain: Grain) -> int:
    """The last epoch day of a period."""
    return _GRIDS[grain].first(period + 1) - 1


def label(period: int, grain: Grain) -> str:
    """How people write the period: 2026-02-08, 2026-W06, 2026-03, 2026-Q1, 2026."""
    return _GRIDS[grain].label(period)


def parse_label(text: str, grain: Grain) -> int:
    """The period a label names; ValueError when it does not."""
    match grain:
        case "day":
            return epoch_day(date.fromisoformat(text))
        case "week":
            year, _, week = text.partition("-W")
            return period_of(epoch_day(date.fromisocalendar(int(year), int(week), 1)), grain)
        case "quarter":
            year, _, quarter = text.partition("-Q")
            return _numbered(int(year), int(quarter), QUARTERS_PER_YEAR)
        case "month":
            year, _, month = text.partition("-")
            return _numbered(int(year), int(month), MONTHS_PER_YEAR)
        case _:
            return int(text)


def _numbered(year: int, number: int, per_year: int) -> int:
    if not 1 <= number <= per_year:
        message = f"{number} is not between 1 and {per_year}"
        raise ValueError(message)
    return year * per_year + number - 1
