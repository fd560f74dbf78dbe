"""Hear of changes in the transaction that makes them: mark numbers, fire event and now rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runtime import transfers
from runtime.enabling import after_publish
from runtime.fire_events import fire_events
from runtime.fire_now import judge_reading
from runtime.marking import mark
from runtime.reaching import Reach

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runtime.context import Context
    from store.record_changes import Change

__all__ = ["after_changes", "after_publish"]


def after_changes(ctx: Context, changes: Sequence[Change]) -> None:
    """Mark what is out of date and fire what follows, once the change number is drawn.

    With the number `head` is locked: whoever measures has either seen these records or will find
    their marks, and two batches with events of one machine see each other.
    """
    heard = [change for change in changes if change.before != change.after]
    transfers.after_changes(ctx, heard)
    if not heard:
        return
    stood = ctx.uow.stood_before()
    for change in heard:
        if change.before is not None:
            stood.setdefault(change.entity, {}).setdefault(change.id, change.before)
    ctx.uow.on_rev(lambda rev: _settle(Reach(ctx, stood), heard, rev))


def _settle(reach: Reach, changes: Sequence[Change], rev: int) -> None:
    ctx = reach.ctx
    by_entity: dict[str, list[Change]] = {}
    for change in changes:
        by_entity.setdefault(change.entity, []).append(change)
    mark(reach, by_entity, rev)
    rules: dict[str, list[Change]] = {}
    for entity, own in by_entity.items():
        for name in ctx.catalog.event_rules_on(entity):
            rules.setdefault(name, []).extend(own)
    for name, own in rules.items():
        fire_events(ctx, name, own)
    judge_reading(reach, by_entity)
