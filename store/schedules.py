"""Schedules and their occurrences; each logical time fires once."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import delete, select, update

from store.conflict import insert_new
from store.rows import told_by
from store.tables import fire, schedule

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Row

    from store.unit import UnitOfWork

Policy = Literal["all", "last", "skip"]


@dataclass(frozen=True, slots=True)
class Schedule:
    """When something happens next, and what to do about missed times."""

    id: int
    key: str
    kind: str
    spec: Mapping[str, Any]
    next_fire: int
    policy: Policy
    max_age_s: int | None
    enabled: bool


def put(
    uow: UnitOfWork,
    *,
    key: str,
    kind: str,
    spec: Mapping[str, Any],
    next_fire: int,
    policy: Policy,
    max_age_s: int | None = None,
) -> None:
    """Make a schedule; one that exists takes the settings, and the time if its spec changed."""
    text = json.dumps(dict(spec), ensure_ascii=False, sort_keys=True)
    known = uow.execute(select(schedule).where(schedule.c.key == key).with_for_update()).first()
    values: dict[str, Any] = {
        "kind": kind,
        "spec": text,
        "policy": policy,
        "max_age_s": max_age_s,
        "enabled": True,
    }
    if known is None:
        row = {**values, "key": key, "next_fire": next_fire}
        insert_new(uow, schedule, row, unique=("key",))
        return
    if known.spec != text or known.kind != kind:
        values["next_fire"] = next_fire
    uow.execute(update(schedule).where(schedule.c.id == known.id).values(values))


def disable(uow: UnitOfWork, key: str) -> None:
    """Stop a schedule; its past stays known."""
    uow.execute(update(schedule).where(schedule.c.key == key).values(enabled=False))


def list_all(uow: UnitOfWork) -> list[Schedule]:
    """All schedules by key."""
    return [_schedule(row) for row in uow.execute(select(schedule).order_by(schedule.c.key))]


def any_due(uow: UnitOfWork, *, now: int) -> bool:
    """Whether `claim_due` would find something."""
    due = schedule.c.enabled.is_(True) & (schedule.c.next_fire <= now)
    return uow.execute(select(schedule.c.id).where(due).limit(1)).first() is not None


def claim_due(uow: UnitOfWork, *, now: int) -> list[Schedule]:
    """Lock the schedules whose time has come; other processes skip them."""
    rows = uow.execute(
        select(schedule)
        .where(schedule.c.enabled.is_(True), schedule.c.next_fire <= now)
        .order_by(schedule.c.next_fire, schedule.c.id)
        .with_for_update(skip_locked=True)
    )
    return [_schedule(row) for row in rows]


def record_fire(uow: UnitOfWork, schedule_id: int, local_time: str, *, at: int) -> bool:
    """Note an occurrence; False when it was fired before."""
    values = {"schedule_id": schedule_id, "local_time": local_time, "at": at}
    return insert_new(uow, fire, values, unique=("schedule_id", "local_time")) is not None


def move(uow: UnitOfWork, schedule_id: int, *, next_fire: int) -> None:
    """Set the next time."""
    uow.execute(update(schedule).where(schedule.c.id == schedule_id).values(next_fire=next_fire))


def purge_fires(uow: UnitOfWork, *, before: int) -> int:
    """Forget old occurrences."""
    return int(uow.execute(delete(fire).where(fire.c.at < before)).rowcount)


def _schedule(row: Row[Any]) -> Schedule:
    return told_by(row, Schedule, parsed=("spec",))
