"""Daily point checks: what is due, what a sensor confirmed, what was ticked by hand, reviews."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from examples.plant.company import MACHINES, TEAMS, leader_of, machine_code
from examples.plant.times import (
    Event,
    Setting,
    civil_of,
    dice,
    first_of_month,
    instant,
    iso,
    iso_day,
    month_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

EXACT_TEAM = 0  # 92 of 100 confirmed and a review of 0.95 in the last month before live time
EXACT_CONFIRMED = 92
EXACT_REVIEWS = ("0.9400", "0.9600", "0.9300", "0.9700")
_DUE_PER_MONTH = (100, 90, 110, 96)
_REVIEW_DAYS = (7, 14, 21, 28)
_MACHINES_PER_TEAM = MACHINES // TEAMS
_HAND_SHARE, _DOUBLE_SHARE = 0.6, 0.1


@dataclass(frozen=True, slots=True)
class _Month:
    due: tuple[int, ...]  # day of each due check
    missed: frozenset[int]  # numbers of the checks no sensor confirmed


def exact_month(setting: Setting) -> int:
    """The last complete month before live time."""
    return month_of(setting.live_day) - 1


@lru_cache(maxsize=500)
def _month(setting: Setting, team: int, month: int) -> _Month:
    first, days = first_of_month(month), first_of_month(month + 1) - first_of_month(month)
    count = _DUE_PER_MONTH[team]
    rng = dice(setting.seed, "checks", team, month)
    missed = rng.randrange(2, 24)
    if team == EXACT_TEAM and month == exact_month(setting):
        missed = count - EXACT_CONFIRMED
    due = tuple(first + number * days // count for number in range(count))
    return _Month(due, frozenset(rng.sample(range(count), missed)))


def inspection_events(setting: Setting, day: int) -> Iterator[Event]:
    """The checks due on a day and what became of them."""
    month = month_of(day)
    for team in range(TEAMS):
        plan = _month(setting, team, month)
        for number, due_day in enumerate(plan.due):
            if due_day == day:
                missed = number in plan.missed
                yield from _check(setting, team=team, number=number, day=day, missed=missed)


def _check(setting: Setting, *, team: int, number: int, day: int, missed: bool) -> Iterator[Event]:
    machine = team * _MACHINES_PER_TEAM + number % _MACHINES_PER_TEAM
    due_no = f"DUE-{civil_of(day):%y%m}-{team + 1}-{number:03}"
    rng = dice(setting.seed, "check", due_no)
    shift = rng.choice(("day", "night"))
    yield Event(instant(day, 300), "inspections_due", due_no, {
        "due_no": due_no, "machine_code": machine_code(machine), "due_on": iso_day(day),
        "shift": shift,
    })  # fmt: skip
    start = 8 * 3600 if shift == "day" else 18 * 3600
    at = instant(day, start + rng.randrange(4 * 3600))
    sources = [] if missed else ["sensor"] * (2 if rng.random() < _DOUBLE_SHARE else 1)
    if missed and rng.random() < _HAND_SHARE:
        sources = ["manual"]
    elif rng.random() < _DOUBLE_SHARE:
        sources.append("manual")  # ticked by hand as well
    for copy, source in enumerate(sources):
        moment = at + copy * 7 * 60 * 1_000_000
        key = f"INS-{due_no[4:]}-{copy + 1}"
        yield Event(moment, "inspections", key, {
            "record_no": key, "due_no": due_no, "machine_code": machine_code(machine),
            "source": source, "due_on": iso_day(day), "confirmed_at": iso(moment),
        })  # fmt: skip


def review_events(setting: Setting, day: int) -> Iterator[Event]:
    """Four reviews per team and month: a leader checks a sample of the month's records."""
    if civil_of(day).day not in _REVIEW_DAYS:
        return
    number = _REVIEW_DAYS.index(civil_of(day).day)
    for team in range(TEAMS):
        rng = dice(setting.seed, "review", team, day)
        share = f"{rng.randrange(80, 100) / 100:.4f}"
        if team == EXACT_TEAM and month_of(day) == exact_month(setting):
            share = EXACT_REVIEWS[number]
        machine = team * _MACHINES_PER_TEAM + number % _MACHINES_PER_TEAM
        key = f"REV-{civil_of(day):%y%m%d}-{team + 1}"
        yield Event(instant(day, 17 * 3600), "reviews", key, {
            "review_no": key, "machine_code": machine_code(machine), "reviewed_on": iso_day(day),
            "passed_share": share, "reviewer_code": leader_of(setting, machine),
        })  # fmt: skip
