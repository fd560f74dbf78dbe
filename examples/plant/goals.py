"""Personal goals, their plan curves and the weekly progress people report."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from examples.plant.company import people
from examples.plant.times import WEEK_DAYS, Event, Setting, dice, instant, iso, iso_day

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

SLOTS = 60
GOAL_WEEKS = 26
_OFFSETS = (-18, -13, -9, -5, 2, 6, 10, 13)  # weeks after the first day; slots take turns
_MID_LIFE = 13  # a goal with this offset is half done when live time starts
_NAMES = (
    "一次合格率提升至98%", "返工工时压缩30%", "设备停机不超过4小时每周", "首件检验及时率99%",
    "订单准时交付率99%", "供应商来料准时率98%", "客户投诉响应提速", "刀具成本下降12%",
    "新人带教达标3人", "工艺卡更新40份", "回款计划完成", "现场改善提案20条",
)  # fmt: skip
# What happens in live time, week by week (0 = the week live time starts in): progress as a
# share of the plan. Two weeks below 0.80 warn; 0.80 exactly does not; None is a missing report.
SCRIPT: dict[int, dict[int, float | None]] = {
    0: {-2: 0.95, -1: 0.72, 0: 0.70, 1: 0.74, 2: 0.93, 3: 0.97, 4: 0.95, 5: 0.71, 6: 0.69, 7: 0.92},
    1: {-1: 0.97, 0: 0.94, 1: 0.70, 2: 0.68, 3: 0.92, 4: 0.96, 5: 0.66, 6: 0.71, 7: 0.95},
    2: {-1: 0.96, 0: 0.95, 1: 0.70, 2: 0.95},
    3: {-1: 0.93, 0: 0.80, 1: 0.80, 2: 0.80, 3: 0.94},
    4: {-1: 0.95, 0: 0.93, 1: 0.70, 2: None, 3: 0.70, 4: 0.95},
    5: {-1: 0.95, 0: 0.92, 1: 0.96, 2: 0.70, 3: 0.72, 4: 0.82, 5: 0.70, 6: 0.95},
}
_BORDER_SLOT = 3
_HUNDREDTHS = 100
_STEPS_PER_UNIT = 10_000  # progress has four decimals
_LATE_SHARE, _MISSING_SHARE, _CORRECTED_SHARE = 0.03, 0.02, 0.01
_LATE_HOURS = 22


def _offset(slot: int) -> int:
    return _MID_LIFE if slot in SCRIPT else _OFFSETS[slot % len(_OFFSETS)]


def _start(setting: Setting, slot: int, generation: int) -> int:
    return setting.first_day + WEEK_DAYS * (generation * GOAL_WEEKS + _offset(slot))


def _code(slot: int, generation: int) -> str:
    return f"G{slot + 1:02}-{generation + 1}"


@lru_cache(maxsize=1_000)
def plan_points(setting: Setting, slot: int, generation: int) -> tuple[tuple[int, int], ...]:
    """(day, percent in hundredths) of a goal's plan; empty when its plan is a straight line."""
    if slot % 3 == 2 and slot not in SCRIPT:  # noqa: PLR2004  every third goal is a straight line
        return ()
    start = _start(setting, slot, generation)
    step = 1 if slot == _BORDER_SLOT else 2 + slot % 3  # weeks between two points
    bend = dice(setting.seed, "plan", slot, generation).uniform(0.85, 1.2)
    bend = 1.0 if slot in SCRIPT else bend
    points = [(start, 0)]
    for week in range(step, GOAL_WEEKS, step):
        share = round((week / GOAL_WEEKS) ** bend * _HUNDREDTHS)
        points.append((start + week * WEEK_DAYS - 1, share))
    points.append((start + GOAL_WEEKS * WEEK_DAYS - 1, _HUNDREDTHS))
    return tuple(points)


def plan_at(setting: Setting, slot: int, generation: int, day: int) -> float:
    """The planned progress at the end of a day, 0 to 1."""
    points = plan_points(setting, slot, generation)
    if not points:
        start = _start(setting, slot, generation)
        return min(1.0, max(0.0, (day - start) / (GOAL_WEEKS * WEEK_DAYS - 1)))
    for (day0, share0), (day1, share1) in pairwise(points):
        if day <= day1:
            share = share0 + (share1 - share0) * (day - day0) / (day1 - day0)
            return share / _HUNDREDTHS
    return 1.0


@lru_cache(maxsize=1_000)
def _factors(setting: Setting, slot: int, generation: int) -> tuple[float | None, ...]:
    """Progress as a share of the plan for each week of a goal."""
    rng = dice(setting.seed, "factors", slot, generation)
    level = rng.uniform(0.92, 1.0)
    factors: list[float | None] = [level + rng.uniform(-0.05, 0.06) for _ in range(GOAL_WEEKS)]
    for _ in range(rng.choice((0, 0, 1, 1, 2))):
        first, length = rng.randrange(4, GOAL_WEEKS - 4), rng.choice((1, 2, 2, 3, 4))
        for week in range(first, min(first + length, GOAL_WEEKS)):
            factors[week] = rng.uniform(0.58, 0.77)
    factors = [None if rng.random() < _MISSING_SHARE else f for f in factors]
    if slot in SCRIPT:
        _follow_script(setting, factors, slot=slot, generation=generation)
    return tuple(factors)


def _follow_script(
    setting: Setting, factors: list[float | None], *, slot: int, generation: int
) -> None:
    first_week = (_start(setting, slot, generation) - setting.live_week) // WEEK_DAYS
    for week in range(GOAL_WEEKS):
        script_week = first_week + week
        if min(SCRIPT[slot]) - 1 <= script_week <= max(SCRIPT[slot]):
            factors[week] = SCRIPT[slot].get(script_week, 0.95)


def goal_events(setting: Setting, day: int) -> Iterator[Event]:
    """Goals that start on a day; on the first day also those under way."""
    for slot in range(SLOTS):
        generation, since = divmod(
            day - setting.first_day - WEEK_DAYS * _offset(slot), GOAL_WEEKS * WEEK_DAYS
        )
        if since == 0 or day == setting.first_day:
            yield from _goal(setting, slot=slot, generation=generation, at=instant(day, 8 * 3600))


def _goal(setting: Setting, *, slot: int, generation: int, at: int) -> Iterator[Event]:
    staff = people(setting)
    owner = staff[1 + (slot * 7) % (len(staff) - 1)]  # the general manager has none
    code, start = _code(slot, generation), _start(setting, slot, generation)
    points = [
        {"on": iso_day(on), "percent": f"0.{share:02}" if share < _HUNDREDTHS else "1.00"}
        for on, share in plan_points(setting, slot, generation)
    ]
    end = iso_day(start + GOAL_WEEKS * WEEK_DAYS - 1)
    yield Event(at, "goals", code, {
        "code": code, "name": f"{_NAMES[slot % len(_NAMES)]}（{owner.name}，至{end[:7]}）",
        "owner_code": owner.code, "start": iso_day(start), "end": end,
        "weight": ("0.20", "0.25", "0.30", "0.15")[slot % 4],
        "plan_points": points,
    })  # fmt: skip
    for number, point in enumerate(points):
        key = f"{code}-{number:02}"
        yield Event(at, "plan_points", key, {"code": key, "goal_code": code, **point})


def progress_events(setting: Setting, day: int) -> Iterator[Event]:
    """The reports written for a week, on its Sunday."""
    if (day - setting.first_day) % WEEK_DAYS != WEEK_DAYS - 1:
        return
    for slot in range(SLOTS):
        elapsed = day + 1 - setting.first_day - WEEK_DAYS * _offset(slot)
        generation, week = divmod(elapsed // WEEK_DAYS - 1, GOAL_WEEKS)
        factor = _factors(setting, slot, generation)[week]
        if factor is None:
            continue
        steps = round(plan_at(setting, slot, generation, day) * factor * _STEPS_PER_UNIT)
        rng = dice(setting.seed, "report", slot, generation, week)
        calm = slot in SCRIPT  # scripted goals are reported in time and never corrected
        yield from _report(rng, _code(slot, generation), day=day, steps=steps, calm=calm)


def _report(rng: Random, code: str, *, day: int, steps: int, calm: bool) -> Iterator[Event]:
    at = instant(day, rng.randrange(15 * 3600, 20 * 3600))
    late, corrected = rng.random() < _LATE_SHARE, rng.random() < _CORRECTED_SHARE
    if late and not calm:
        at += _LATE_HOURS * 3600 * 1_000_000

    def version(at: int, steps: int, note: str) -> Event:
        steps = min(steps, _STEPS_PER_UNIT)
        return Event(at, "weekly_progress", f"{code}/{iso_day(day)}", {
            "goal_code": code, "week_end": iso_day(day), "note": note, "reported_at": iso(at),
            "progress": f"{steps // _STEPS_PER_UNIT}.{steps % _STEPS_PER_UNIT:04}",
        })  # fmt: skip

    yield version(at, steps, "")
    if corrected and not calm:
        yield version(at + 2 * 86_400 * 1_000_000, steps + 100, "复核后更正")
