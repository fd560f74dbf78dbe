"""Alarms, quality tickets, rework and material inspections of the machines."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from examples.plant.company import MACHINES, machine_code, people, team_of
from examples.plant.times import (
    MINUTE,
    SECOND,
    Event,
    Setting,
    civil_of,
    day_of,
    dice,
    instant,
    iso,
    iso_day,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

DIM = "dim_out_of_tolerance"
OTHER_CODES = ("tool_wear_high", "coolant_low", "spindle_overload", "door_open")
SCRIPTED_MACHINE = 6  # CNC-07 has the first three alarms in a row of live time
_BATCH_DAYS = 3
_LIVE_EVERY_DAYS, _HISTORY_EVERY_DAYS = 11, 27
_FIRST_LATER_DAYS = 9
_SHIFT_START, _SHIFT_END = 8 * 3600, 20 * 3600
_MAX_GAP = 40 * MINUTE
_PASS_SHARE = 0.93


@dataclass(frozen=True, slots=True)
class Streak:
    """Dimension alarms in a row on one machine."""

    machine: int
    alarms: tuple[int, ...]


def first_streak(setting: Setting) -> Streak:
    """The streak shortly after live start: 30, 40, 50 real seconds, a fourth alarm at 75."""
    gap = min(10 * SECOND * setting.factor, _MAX_GAP)
    first = setting.business0 + 30 * SECOND * setting.factor
    return Streak(SCRIPTED_MACHINE, (first, first + gap, first + 2 * gap, first + 9 * gap // 2))


@lru_cache(maxsize=500)
def streaks_on(setting: Setting, day: int) -> tuple[Streak, ...]:
    """The streaks whose first alarm falls on a day."""
    found = []
    scripted = first_streak(setting)
    scripted_day = day_of(scripted.alarms[0])
    if day == scripted_day:
        found.append(scripted)
    back = setting.live_day - day
    ahead = day - setting.live_day - _FIRST_LATER_DAYS
    is_regular = (back > 0 and back % _HISTORY_EVERY_DAYS == 13) or (  # noqa: PLR2004  mid-interval
        ahead >= 0 and ahead % _LIVE_EVERY_DAYS == 0
    )
    if is_regular and abs(day - scripted_day) > 1:
        rng = dice(setting.seed, "streak", day)
        first = instant(day, 10 * 3600 + rng.randrange(3 * 3600))
        count = rng.choice((3, 3, 4))
        alarms = tuple(first + n * 25 * MINUTE for n in range(count))
        found.append(Streak(rng.randrange(MACHINES), alarms))
    return tuple(found)


def batch_of(machine: int, day: int) -> str:
    """The blank batch a machine works on; machines of a team share it."""
    first = day - day % _BATCH_DAYS
    return f"B{civil_of(first):%y%m%d}-{team_of(machine) + 1}"


def alarm_event(machine: int, code: str, at: int, *, key: str) -> Event:
    """One alarm as the MES keeps it."""
    return Event(at, "alarms", key, {
        "source_event_id": key, "machine_code": machine_code(machine), "code": code,
        "batch": batch_of(machine, day_of(at)), "raised_at": iso(at),
    })  # fmt: skip


def alarm_events(setting: Setting, day: int) -> Iterator[Event]:
    """The alarms of a day. Outside streaks a machine has at most two dimension alarms a day."""
    streaks = streaks_on(setting, day)
    near = {s.machine for other in (day - 1, day, day + 1) for s in streaks_on(setting, other)}
    for streak in streaks:
        for number, at in enumerate(streak.alarms):
            key = _alarm_key(streak.machine, day, 90 + number)
            yield alarm_event(streak.machine, DIM, at, key=key)
    for machine in range(MACHINES):
        rng = dice(setting.seed, "alarms", machine, day)
        dims = 0
        for number in range(rng.choice((0, 0, 1, 1, 2, 3))):
            code = DIM if rng.random() < 0.35 else rng.choice(OTHER_CODES)  # noqa: PLR2004
            at = instant(day, rng.randrange(_SHIFT_START, _SHIFT_END))
            if code == DIM:
                dims += 1
                if machine in near or dims > 2:  # noqa: PLR2004  two never make a streak
                    continue
            yield alarm_event(machine, code, at, key=_alarm_key(machine, day, number))


def _alarm_key(machine: int, day: int, number: int) -> str:
    return f"A-{machine_code(machine)}-{civil_of(day):%y%m%d}-{number:02}"


def ticket_event(machine: int, at: int, *, key: str, passed: bool, defect: str | None) -> Event:
    """One quality check of a piece."""
    return Event(at, "qc_tickets", key, {
        "ticket_no": key, "machine_code": machine_code(machine),
        "batch": batch_of(machine, day_of(at)), "inspected_at": iso(at),
        "passed": passed, "defect": defect,
    })  # fmt: skip


def quality_events(setting: Setting, day: int) -> Iterator[Event]:
    """Two quality checks per machine and day; a failed one causes rework. None during a streak."""
    busy = {s.machine for s in streaks_on(setting, day)}
    for machine in range(MACHINES):
        if machine in busy:
            continue
        rng = dice(setting.seed, "quality", machine, day)
        for number, hour in enumerate((9, 14)):
            at = instant(day, hour * 3600 + rng.randrange(3 * 3600))
            passed = rng.random() < _PASS_SHARE
            key = f"QC-{civil_of(day):%y%m%d}-{machine + 1:02}-{number + 1}"
            defect = None if passed else rng.choice(("尺寸超差", "表面划伤", "毛刺"))
            yield ticket_event(machine, at, key=key, passed=passed, defect=defect)
            if not passed:
                yield from _rework(key, machine, at, minutes=rng.randrange(30, 600))


def _rework(ticket: str, machine: int, at: int, *, minutes: int) -> Iterator[Event]:
    record = {
        "rework_no": f"RW-{ticket[3:]}", "ticket_no": ticket, "machine_code": machine_code(machine),
        "opened_at": iso(at), "hours": None, "done_at": None,
    }  # fmt: skip
    yield Event(at + MINUTE, "rework", str(record["rework_no"]), record)
    done = at + minutes * MINUTE
    hours = f"{minutes / 60:.2f}"
    yield Event(
        done, "rework", str(record["rework_no"]), {**record, "hours": hours, "done_at": iso(done)}
    )


def material_events(setting: Setting, day: int) -> Iterator[Event]:
    """Two inspection reports for each blank batch, on the morning it is first used."""
    if day % _BATCH_DAYS != 0 and day != setting.first_day:
        return
    inspectors = [p.code for p in people(setting) if p.department == "D20" and not p.is_head]
    for machine in range(0, MACHINES, 3):
        batch = batch_of(machine, day)
        for number in range(2):
            rng = dice(setting.seed, "material", batch, number)
            deviation = rng.uniform(-0.03, 0.04)
            result = "pass" if abs(deviation) < 0.035 else "concession"  # noqa: PLR2004
            key = f"MI-{batch}-{number + 1}"
            yield Event(instant(day, 7 * 3600 + 1800 + number * 900), "material_inspections", key, {
                "report_no": key, "batch": batch, "material": rng.choice(("45#", "40Cr", "QT500")),
                "hardness_hb": f"{rng.uniform(190, 235):.1f}", "deviation_mm": f"{deviation:.3f}",
                "result": result, "inspected_on": iso_day(day),
                "inspector_code": rng.choice(inspectors),
            })  # fmt: skip
