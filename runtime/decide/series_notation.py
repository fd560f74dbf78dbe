"""Read the short notation of dated records in pack tests; no I/O.

`goal=g1 week_end=2026-02-08.. progress: 0.10 0.12 _ 0.14` gives one record per value: constants
first, then the axis that moves on (`..` by a week when its name says week, by a month when it
says month, else by a day; `..+36h` by what is written), then the field the values are for.
`_` leaves a record out. `1+2x3` is 1 3 5 7 and `5-1x2` is 5 4 3, as in promtool.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from runtime.decide.periods import MONTHS_PER_YEAR

MISSING = "_"
_AXIS = re.compile(r"(?P<start>[^.]+)\.\.(?:\+(?P<count>[0-9]+)(?P<unit>mo|d|h|m))?")
_RUN = re.compile(r"(?P<first>-?[0-9.]+)(?P<step>[+-][0-9.]+)x(?P<times>[0-9]+)")
_UNITS = {"d": timedelta(days=1), "h": timedelta(hours=1), "m": timedelta(minutes=1)}


@dataclass(frozen=True, slots=True)
class Axis:
    """The field that moves on from record to record."""

    key: str
    start: str
    count: int
    unit: str

    def at(self, place: int) -> str:
        """The value of the record at that place."""
        steps = self.count * place
        if "T" in self.start:
            return (datetime.fromisoformat(self.start) + _UNITS[self.unit] * steps).isoformat()
        day = date.fromisoformat(self.start)
        if self.unit != "mo":
            return (day + _UNITS[self.unit] * steps).isoformat()
        year, month = divmod(day.year * MONTHS_PER_YEAR + day.month - 1 + steps, MONTHS_PER_YEAR)
        return day.replace(year=year, month=month + 1).isoformat()


def parse_series(text: str) -> list[dict[str, str]]:
    """The records of one series.

    Raises:
        ValueError: the text is not a series.
    """
    head, colon, tail = text.partition(": ")
    *pairs, value_key = head.split()
    if not colon or "=" in value_key:
        message = f"a series ends with `field: values`: {text!r}"
        raise ValueError(message)
    constants, axis = dict[str, str](), None
    for pair in pairs:
        key, equals, value = pair.partition("=")
        found = _AXIS.fullmatch(value)
        if not equals:
            message = f"{pair!r} is not `field=value`"
            raise ValueError(message)
        if found is None:
            constants[key] = value
        else:
            axis = _axis(key, found)
    return [
        {**constants, **({} if axis is None else {axis.key: axis.at(place)}), value_key: value}
        for place, value in enumerate(_values(tail))
        if value != MISSING
    ]


def _axis(key: str, found: re.Match[str]) -> Axis:
    if found["unit"]:
        return Axis(key, found["start"], int(found["count"]), found["unit"])
    by_name = (("week", (7, "d")), ("month", (1, "mo")))
    count, unit = next((step for word, step in by_name if word in key), (1, "d"))
    return Axis(key, found["start"], count, unit)


def _values(text: str) -> list[str]:
    values: list[str] = []
    for token in text.split():
        run = _RUN.fullmatch(token)
        if run is None:
            values.append(token)
            continue
        first, step = Decimal(run["first"]), Decimal(run["step"])
        values += [str(first + step * place) for place in range(int(run["times"]) + 1)]
    return values
