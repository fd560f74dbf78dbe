"""Machine signals as functions of business time."""

from __future__ import annotations

import math
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from examples.plant.company import MACHINES, machine_code
from examples.plant.shopfloor import SCRIPTED_MACHINE, first_streak
from examples.plant.times import DAY, HOUR, SECOND, Setting, day_of, instant

if TYPE_CHECKING:
    from collections.abc import Callable

_PIECES_PER_HOUR = 42
_BREAK_FROM, _BREAK_TO = 11.5, 12.0  # hours of the day
_NIGHT_STOP = 20.0  # hours a day a machine runs from 00:00 on, breaks apart
_WORN_AT_STREAK = 0.96


def _noise(setting: Setting, name: str, at: int) -> float:
    """-1 to 1, the same for the same second."""
    text = f"{setting.seed}/{name}/{at // SECOND}".encode()
    return zlib.crc32(text) / 2**31 - 1


def _phase(setting: Setting, name: str, at: int, period: int) -> float:
    """How far the machine is in a cycle that repeats, 0 to 1."""
    offset = zlib.crc32(f"{setting.seed}/{name}".encode()) % period
    return (at + offset) % period / period


def tool_wear(setting: Setting, machine: int, at: int) -> float:
    """Flank wear in mm; the tool is changed near 0.30. The streak comes from a worn tool."""
    life = 14 * HOUR + machine * 40 * 60 * SECOND
    name = f"{machine_code(machine)}.wear"
    phase = _phase(setting, name, at, life)
    if machine == SCRIPTED_MACHINE:
        start = first_streak(setting).alarms[0] - int(_WORN_AT_STREAK * life)
        phase = (at - start) % life / life
    return round(0.02 + 0.28 * phase**1.3 + 0.003 * _noise(setting, name, at), 4)


def coolant_level(setting: Setting, machine: int, at: int) -> float:
    """Percent of the tank; refilled when nearly empty."""
    name = f"{machine_code(machine)}.coolant"
    phase = _phase(setting, name, at, 30 * HOUR)
    return round(96 - 82 * phase + 0.4 * _noise(setting, name, at), 2)


def bearing_temperature(setting: Setting, machine: int, at: int) -> float:
    """Degrees Celsius."""
    name = f"{machine_code(machine)}.bearing"
    swing = math.sin(2 * math.pi * _phase(setting, name, at, DAY))
    load = 6 * tool_wear(setting, machine, at) / 0.3
    return round(48 + 7 * swing + load + 0.5 * _noise(setting, name, at), 2)


def _run_hours(at: int) -> float:
    """Hours run since midnight."""
    hour = (at - instant(day_of(at))) / HOUR
    before = min(hour, _BREAK_FROM)
    after = max(0.0, min(hour, _NIGHT_STOP) - _BREAK_TO)
    return before + after


def total_count(setting: Setting, machine: int, at: int) -> int:
    """Pieces made since the first day; never falls."""
    whole = _BREAK_FROM + _NIGHT_STOP - _BREAK_TO
    days = day_of(at) - setting.first_day
    return int((days * whole + _run_hours(at)) * (_PIECES_PER_HOUR + machine))


def good_count(setting: Setting, machine: int, at: int) -> int:
    """Good pieces since the first day."""
    total = total_count(setting, machine, at)
    return total - total * (11 + machine) // 1000


def state(_setting: Setting, _machine: int, at: int) -> int:
    """0 stopped, 1 running, 2 on a break."""
    hour = (at - instant(day_of(at))) / HOUR
    if hour >= _NIGHT_STOP:
        return 0
    return 2 if _BREAK_FROM <= hour < _BREAK_TO else 1


@dataclass(frozen=True, slots=True)
class Signal:
    """One variable each machine has."""

    name: str
    unit: str
    low: float
    high: float
    is_whole: bool
    value: Callable[[Setting, int, int], float | int]


SIGNALS = (
    Signal("CoolantLevel", "%", 0, 100, is_whole=False, value=coolant_level),
    Signal("BearingTemperature", "°C", 0, 120, is_whole=False, value=bearing_temperature),
    Signal("ToolWear", "mm", 0, 0.5, is_whole=False, value=tool_wear),
    Signal("OeeGoodCount", "", 0, 2**31, is_whole=True, value=good_count),
    Signal("OeeTotalCount", "", 0, 2**31, is_whole=True, value=total_count),
    Signal("State", "", 0, 2, is_whole=True, value=state),
)
ALL = tuple((machine, signal) for machine in range(MACHINES) for signal in SIGNALS)
