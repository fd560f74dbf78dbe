"""Say when each kind of schedule is due next, and which job one occurrence is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from builder.model.others import Calendar
from runtime.decide.calendars import closes_at, last_closed, next_every, next_midnight
from runtime.decide.effects import PutJob
from runtime.decide.periods import label
from runtime.jobs_table import grain_of

if TYPE_CHECKING:
    from store.schedules import Schedule

Spec = Mapping[str, Any]
NextFire = Callable[[Spec, int], int]  # (spec, after) -> the next instant after it
JobOf = Callable[["Schedule", int], tuple[str, PutJob]]  # (row, occurrence) -> logical name, job


def _calendar(spec: Spec) -> Calendar:
    return Calendar(
        name=spec["calendar"],
        label={},
        zone=spec["zone"],
        day_start=spec["day_start"],
        close_delay_s=int(spec["close_delay_s"]),
    )


def _next_close(spec: Spec, after: int) -> int:
    calendar, grain = _calendar(spec), grain_of(spec["grain"])
    return closes_at(calendar, last_closed(calendar, after, grain) + 1, grain)


def _close_job(due: Schedule, occurrence: int) -> tuple[str, PutJob]:
    spec, grain = due.spec, grain_of(due.spec["grain"])
    period = last_closed(_calendar(spec), occurrence, grain)
    name = label(period, grain)
    payload = {"grain": grain, "period": period, "calendar": spec["calendar"]}
    return name, PutJob("close_period", f"{due.key}:{name}", payload)


def _next_every(spec: Spec, after: int) -> int:
    return next_every(int(spec["every_s"]), after).at


def _sync_job(due: Schedule, occurrence: int) -> tuple[str, PutJob]:
    source = due.spec["source"]
    return str(occurrence), PutJob("sync", f"{due.key}:{occurrence}", {"source": source})


def _tidy_job(due: Schedule, occurrence: int) -> tuple[str, PutJob]:
    return str(occurrence), PutJob("tidy", f"{due.key}:{occurrence}", {})


def _next_day(spec: Spec, after: int) -> int:
    return next_midnight(str(spec["zone"]), after)


def _transfers_job(due: Schedule, occurrence: int) -> tuple[str, PutJob]:
    return str(occurrence), PutJob("transfers", f"{due.key}:{occurrence}", {})


NEXT: Mapping[str, NextFire] = {
    "close": _next_close,
    "sync": _next_every,
    "tidy": _next_every,
    "transfers": _next_day,
}
# occurrences of these are interchangeable: one that still waits serves the next one too
INTERCHANGEABLE = frozenset({"sync", "tidy", "transfers"})
JOB_OF: Mapping[str, JobOf] = {
    "close": _close_job,
    "sync": _sync_job,
    "tidy": _tidy_job,
    "transfers": _transfers_job,
}
