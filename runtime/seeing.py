"""Decide which alerts and measurements the actor sees, by the records they are about."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from runtime.errors import NotFound
from runtime.lookups import displays, reachable, uids_of
from store import tasks

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from runtime.context import Context
    from store.tasks import AlertRow

Json = dict[str, Any]
Key = tuple[str, int]  # entity and row id
MOST_TASKS = 1_000  # of one person, newest first


def alert_of(ctx: Context, uid: str) -> AlertRow:
    """An alert the actor may see.

    Raises:
        NotFound: it is not there, or not for the actor.
    """
    alert = tasks.alert_by_uid(ctx.uow, uid)
    if alert is None or not seen_alerts(ctx, [alert]):
        raise NotFound(f"alert {uid[:64]}")
    return alert


def seen_alerts(ctx: Context, alerts: Sequence[AlertRow]) -> list[AlertRow]:
    """Those the actor was told of, holds a task of, or whose subject he can read."""
    if ctx.actor.admin:
        return list(alerts)
    mine = {alert.id for alert in alerts if _was_told(ctx, alert)}
    if ctx.actor.person_id is not None:
        own = tasks.tasks_of(ctx.uow, ctx.actor.person_id, limit=MOST_TASKS)
        mine |= {task.alert_id for task in own if task.alert_id is not None}
    rest = [alert for alert in alerts if alert.id not in mine]
    readable = readable_subjects(ctx, [(a.subject_entity, a.subject_id) for a in rest])
    return [
        alert
        for alert in alerts
        if alert.id in mine or (alert.subject_entity, alert.subject_id) in readable
    ]


def readable_subjects(ctx: Context, subjects: Iterable[Key]) -> set[Key]:
    """Which of these records the actor can read."""
    found: set[Key] = set()
    for entity, ids in _by_entity(subjects).items():
        if entity in ctx.catalog.entities:
            there = reachable(ctx, entity, sorted(ids), scope=ctx.scope)
            found |= {(entity, each) for each in there}
    return found


def subjects_shown(ctx: Context, subjects: Iterable[Key]) -> dict[Key, Json]:
    """Subjects as a client gets them; the name only where the actor can read the record."""
    shown: dict[Key, Json] = {}
    for entity, ids in _by_entity(subjects).items():
        if entity not in ctx.catalog.entities:
            continue
        names = displays(ctx, entity, ids)
        for each, uid in uids_of(ctx, entity, sorted(ids)).items():
            shown[entity, each] = {"entity": entity, "uid": uid, "display": names.get(each, "")}
    return shown


def _was_told(ctx: Context, alert: AlertRow) -> bool:
    told: Mapping[str, Any] = json.loads(alert.evidence or "{}")
    return ctx.actor.person_id is not None and ctx.actor.person_id in told.get("told", ())


def _by_entity(subjects: Iterable[Key]) -> dict[str, set[int]]:
    grouped: dict[str, set[int]] = {}
    for entity, each in subjects:
        grouped.setdefault(entity, set()).add(each)
    return grouped
