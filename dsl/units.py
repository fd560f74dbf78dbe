"""The units a number may carry in a formula: `7天`, `20个百分点`, `4.2亿元`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

SECOND_US = 1_000_000
DAY_US = 86_400 * SECOND_US

UnitKind = Literal["duration", "months", "points", "factor"]


@dataclass(frozen=True, slots=True)
class Unit:
    """A suffix: its canonical spelling, what it measures and how much of that it is.

    `size` is microseconds for a duration, months for `months`, a factor for `factor` and the
    number of decimals to shift for `points`.
    """

    key: str
    kind: UnitKind
    size: int
    spellings: tuple[str, ...]


UNITS: tuple[Unit, ...] = (
    Unit("d", "duration", DAY_US, ("天", "日", "day", "days")),
    Unit("w", "duration", 7 * DAY_US, ("周", "week", "weeks")),
    Unit("h", "duration", 3600 * SECOND_US, ("小时", "hour", "hours")),
    Unit("min", "duration", 60 * SECOND_US, ("分钟", "minute", "minutes")),
    Unit("s", "duration", SECOND_US, ("秒", "second", "seconds")),
    Unit("mo", "months", 1, ("个月", "月", "month", "months")),
    Unit("y", "months", 12, ("年", "year", "years")),
    Unit("pp", "points", 2, ("个百分点", "百分点")),
    Unit("万", "factor", 10**4, ("万元",)),
    Unit("亿", "factor", 10**8, ("亿元",)),
    Unit("元", "factor", 1, ()),
)
BY_SPELLING: dict[str, Unit] = {
    spelling: unit for unit in UNITS for spelling in (unit.key, *unit.spellings)
}
BY_KEY: dict[str, Unit] = {unit.key: unit for unit in UNITS}
