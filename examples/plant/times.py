"""Business time in whole microseconds, civil days in +08:00."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
WEEK_DAYS = 7
MONTHS = 12
ZONE = timezone(timedelta(hours=8))
_ZONE_US = 8 * HOUR
_EPOCH_DAY = date(1970, 1, 1).toordinal()
_THURSDAY = 3  # the epoch day is a Thursday, weeks start on Monday


def real_now() -> int:
    """The machine's clock."""
    return time.time_ns() // 1_000


@dataclass(frozen=True, slots=True)
class PlantClock:
    """Business time = business0 + (real - real0) x factor, as the application keeps it."""

    real0: int
    business0: int
    factor: int = 1

    def now(self) -> int:
        """Business time now."""
        return self.business0 + (real_now() - self.real0) * self.factor


def day_of(at: int) -> int:
    """The civil day an instant falls on."""
    return (at + _ZONE_US) // DAY


def instant(day: int, seconds: int = 0) -> int:
    """The instant so many seconds after midnight of a day."""
    return day * DAY - _ZONE_US + seconds * SECOND


def monday_of(day: int) -> int:
    """The Monday of the week of a day."""
    return day - (day + _THURSDAY) % WEEK_DAYS


def month_of(day: int) -> int:
    """Dense month number: year x 12 + month - 1."""
    civil = civil_of(day)
    return civil.year * MONTHS + civil.month - 1


def first_of_month(month: int) -> int:
    """The first day of a month."""
    return date(month // MONTHS, month % MONTHS + 1, 1).toordinal() - _EPOCH_DAY


def civil_of(day: int) -> date:
    """A day number as a date."""
    return date.fromordinal(day + _EPOCH_DAY)


def iso_day(day: int) -> str:
    """A day number as ISO text."""
    return civil_of(day).isoformat()


def iso(at: int) -> str:
    """An instant as ISO text with its offset."""
    text = utc(at).astimezone(ZONE).isoformat(timespec="milliseconds")
    return text.replace(".000+", "+")


def utc(at: int) -> datetime:
    """An instant as an aware datetime."""
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=at)


def parse_iso(text: str) -> int:
    """ISO text with an offset (or Z) as an instant."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=ZONE)
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def dice(seed: int, *name: object) -> random.Random:
    """A generator that depends on nothing but its name."""
    return random.Random("/".join(map(str, (seed, *name))))


@dataclass(frozen=True, slots=True)
class Event:
    """One record of the plant as it stands from `at` on (a later one with its key replaces it)."""

    at: int
    stream: str
    key: str
    record: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Setting:
    """What the whole plant is a function of."""

    seed: int
    business0: int
    factor: int = 1
    history_weeks: int = 26

    @property
    def live_day(self) -> int:
        """The civil day on which history ends and live time starts."""
        return day_of(self.business0)

    @property
    def live_week(self) -> int:
        """The Monday of the week in which live time starts."""
        return monday_of(self.live_day)

    @property
    def first_day(self) -> int:
        """The Monday history starts on."""
        return self.live_week - self.history_weeks * WEEK_DAYS
