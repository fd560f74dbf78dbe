"""The operations on values that are not null, as plain, exact functions."""

from __future__ import annotations

import operator
from calendar import monthrange
from datetime import date
from typing import TYPE_CHECKING, Any

from dsl.calendars import working_day_after, working_days
from dsl.host import HOST
from dsl.types import INT64_MAX
from dsl.values import DAY_US, FIRST_DAY, FIRST_INSTANT, LAST_DAY, LAST_INSTANT, div_half_away
from dsl.wildcards import matches

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_EPOCH = date(1970, 1, 1).toordinal()
_SPACES = " \t\r\n\u00a0\u3000"
_LOWER = "abcdefghijklmnopqrstuvwxyz"
_TO_UPPER = str.maketrans(_LOWER, _LOWER.upper())
_TO_LOWER = str.maketrans(_LOWER.upper(), _LOWER)
_LAST_MONTH = 12 * 9999 + 11


def div(a: int, b: int) -> int | None:
    """The quotient, ties away from zero."""
    return div_half_away(a, b) if b else None


def div_up(a: int, b: int) -> int | None:
    """The quotient, away from zero."""
    if not b:
        return None
    return -(-a // b) if (a >= 0) is (b > 0) else a // b


def div_down(a: int, b: int) -> int | None:
    """The quotient, towards zero."""
    if not b:
        return None
    return a // b if (a >= 0) is (b > 0) else -(-a // b)


def div_floor(a: int, b: int) -> int | None:
    """The quotient, towards minus infinity."""
    return a // b if b else None


def mod(a: int, b: int) -> int | None:
    """The remainder with the sign of the divisor."""
    return a % b if b else None


def sign(a: int) -> int:
    """-1, 0 or 1."""
    return (a > 0) - (a < 0)


def clamp(x: int, low: int, high: int) -> int:
    """The lower bound wins when the bounds cross."""
    return low if x < low else min(x, high)


def civil_year(day: int) -> int:
    """The year of an epoch day."""
    return date.fromordinal(day + _EPOCH).year


def civil_month(day: int) -> int:
    """The month of an epoch day."""
    return date.fromordinal(day + _EPOCH).month


def civil_day(day: int) -> int:
    """The day of the month of an epoch day."""
    return date.fromordinal(day + _EPOCH).day


def weekday(day: int) -> int:
    """Monday 1 to Sunday 7."""
    return (day + 3) % 7 + 1


def make_date(year: int, month: int, day: int) -> int | None:
    """An epoch day, or None if there is no such date."""
    try:
        return date(year, month, day).toordinal() - _EPOCH
    except (ValueError, OverflowError):
        return None


def _month_later(day: int, months: int) -> tuple[date, int, int] | None:
    start = date.fromordinal(day + _EPOCH)
    index = start.year * 12 + start.month - 1 + months
    if not 12 <= index <= _LAST_MONTH:  # noqa: PLR2004 -- month index of January of year 1
        return None
    return start, index // 12, index % 12 + 1


def add_months(day: int, months: int) -> int | None:
    """The same day of a later month, or that month's last day."""
    found = _month_later(day, months)
    if found is None:
        return None
    start, year, month = found
    last = monthrange(year, month)[1]
    return date(year, month, min(start.day, last)).toordinal() - _EPOCH


def month_end(day: int, months: int) -> int | None:
    """The last day of a later month."""
    found = _month_later(day, months)
    if found is None:
        return None
    _start, year, month = found
    return date(year, month, monthrange(year, month)[1]).toordinal() - _EPOCH


def add_days(day: int, count: int) -> int | None:
    """A later day, or None outside the years 1 to 9999."""
    later = day + count
    return later if FIRST_DAY <= later <= LAST_DAY else None


def add_us(instant: int, count: int) -> int | None:
    """A later instant, or None outside the years 1 to 9999."""
    later = instant + count
    return later if FIRST_INSTANT <= later <= LAST_INSTANT else None


def whole_days(duration: int) -> int | None:
    """A length of time in days, if it is whole days."""
    days, rest = divmod(duration, DAY_US)
    return None if rest else days


def left(text: str, count: int) -> str | None:
    """The first characters."""
    return text[:count] or None if count > 0 else None


def right(text: str, count: int) -> str | None:
    """The last characters."""
    return text[-count:] or None if count > 0 else None


def mid(text: str, start: int, count: int) -> str | None:
    """Characters from a position that counts from 1."""
    return text[start - 1 : start - 1 + count] or None if start > 0 and count > 0 else None


def contains(text: str, part: str) -> bool:
    """Whether a text holds another."""
    return part in text


def trim(text: str) -> str | None:
    """Without white space at both ends."""
    return text.strip(_SPACES) or None


def upper(text: str) -> str:
    """Letters a-z as capitals."""
    return text.translate(_TO_UPPER)


def lower(text: str) -> str:
    """Letters A-Z as small letters."""
    return text.translate(_TO_LOWER)


def fits_int64(value: int | None) -> int | None:
    """The value, or None when it leaves the 64-bit range."""
    return value if value is not None and -INT64_MAX <= value <= INT64_MAX else None


_FUNCTIONS: tuple[Callable[..., Any], ...] = (
    *(div, div_up, div_down, div_floor, mod, sign, clamp),
    *(civil_year, civil_month, civil_day, weekday, make_date, add_months, month_end),
    *(add_days, add_us, whole_days, fits_int64, working_days, working_day_after),
    *(left, right, mid, contains, matches, trim, upper, lower),
)
STRICT: dict[str, Callable[..., Any]] = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "neg": operator.neg,
    "abs": abs,
    "pow": pow,
    "eq": operator.eq,
    "ne": operator.ne,
    "lt": operator.lt,
    "le": operator.le,
    "gt": operator.gt,
    "ge": operator.ge,
    "not": operator.not_,
    "starts_with": str.startswith,
    "ends_with": str.endswith,
}
STRICT.update((function.__name__, function) for function in _FUNCTIONS)
STRICT.update(HOST)


def least(*values: Any) -> Any:  # noqa: ANN401 -- any ordered raw value
    """The smallest that is not None."""
    return min((value for value in values if value is not None), default=None)


def greatest(*values: Any) -> Any:  # noqa: ANN401 -- any ordered raw value
    """The largest that is not None."""
    return max((value for value in values if value is not None), default=None)


def concat(*texts: str | None) -> str | None:
    """The texts joined; None counts as empty, and empty is None."""
    return "".join(text for text in texts if text is not None) or None


def mean(total: int, count: int, factor: int) -> int | None:
    """The mean of a sum, `factor` times larger; None of nothing or of a sum that does not fit."""
    fitting = fits_int64(total)
    return None if fitting is None or not count else div_half_away(fitting * factor, count)


def distinct(values: Iterable[object]) -> int:
    """How many different values there are."""
    return len(set(values))


def interpolate(points: Iterable[tuple[int, int]], at: int | None) -> int | None:
    """The value at a place on the line through points; flat beyond the ends, largest y wins."""
    highest: dict[int, int] = {}
    for x, y in points:
        highest[x] = max(y, highest.get(x, y))
    if at is None or not highest:
        return None
    before = max((x for x in highest if x <= at), default=None)
    after = min((x for x in highest if x >= at), default=None)
    if before is None or after is None or before == after:
        return highest[min(highest) if before is None else before]
    low, high = highest[before], highest[after]
    return low + div_half_away((high - low) * (at - before), after - before)
