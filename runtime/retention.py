"""Clear personal fields that have been kept as long as they may be: now and in old versions."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from runtime import records
from runtime.clearing import columns_of
from runtime.clock import SECOND
from store import erasure, jobs
from store.record_writes import note

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from builder.model.entity import Entity
    from runtime.context import Context

KIND = "retain"
BATCH = 200
DAY = 24 * 3600 * SECOND


def ask(ctx: Context) -> int:
    """Have every entity looked at that keeps something only for a while; how many there are."""
    names = [e.name for e in ctx.catalog.entities.values() if not e.system and any(_limits(e))]
    for name in names:
        _ask(ctx, name)
    return len(names)


def retain(ctx: Context, payload: Mapping[str, Any]) -> None:
    """Clear the next records of an entity; another job goes on when there may be more."""
    name = str(payload["entity"])
    entity = ctx.catalog.entities.get(name)
    if entity is None:
        return  # it was removed while the job waited
    by_days: dict[int, list[str]] = defaultdict(list)
    for key, days in _limits(entity):
        by_days[days].append(key)
    full = [_clear(ctx, name, keys, ctx.now - days * DAY) for days, keys in by_days.items()]
    if any(full):
        _ask(ctx, name)


def _limits(entity: Entity) -> Iterator[tuple[str, int]]:
    """The fields that are kept for a while, and for how many days."""
    for item in entity.fields:
        if item.privacy is not None and item.privacy.retain_days is not None:
            yield item.key, item.privacy.retain_days


def _clear(ctx: Context, name: str, keys: list[str], until: int) -> bool:
    """Clear what was last written before then; whether there may be more."""
    mine = ctx.tables[name]
    columns = columns_of(mine, frozenset(keys))
    ids = erasure.older_than(ctx.uow, mine, columns, at=until, limit=BATCH)
    cleared = erasure.clear(ctx.uow, mine, ids, columns, until=until)
    held = erasure.still_held(ctx.uow, mine, columns, cleared.files)
    erasure.forget_files(ctx.uow, cleared.files - held)
    note(ctx.uow, mine, "retain", ids=ids, fields=keys, stamp=records.stamp(ctx))
    return len(ids) == BATCH


def _ask(ctx: Context, name: str) -> None:
    jobs.put(
        ctx.uow, kind=KIND, key=f"{KIND}:{name}", payload={"entity": name}, at=ctx.now, merge=True
    )
