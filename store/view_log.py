"""Who looked at what: a queryable log."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import insert, select, update

from store.bulk import among
from store.tables import view_log

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from store.unit import UnitOfWork


@dataclass(frozen=True, slots=True)
class View:
    """Somebody looked at a record, or took it away: then `purpose` says how."""

    actor: str
    entity: str
    record_id: int
    at: int
    purpose: str | None = None  # export


def append(uow: UnitOfWork, views: Sequence[View]) -> None:
    """Note what was looked at, all with the change number of this unit."""
    if not views:
        return
    rows = [
        {
            "actor": v.actor,
            "entity": v.entity,
            "record_id": v.record_id,
            "at": v.at,
            "purpose": v.purpose,
            "rev": None,
        }
        for v in views
    ]
    statement = insert(view_log).returning(view_log.c.id)
    entries = uow.connection.execute(statement, rows).scalars().all()
    mine = among(uow, view_log.c.id, entries)
    uow.on_rev(lambda rev: uow.execute(update(view_log).where(mine).values(rev=rev)))


def of_records(
    uow: UnitOfWork, entity: str, record_ids: Collection[int], *, limit: int
) -> list[View]:
    """Who looked at these records, newest first."""
    c = view_log.c
    wanted = (
        select(c.actor, c.entity, c.record_id, c.at, c.purpose)
        .where(c.entity == entity, among(uow, c.record_id, record_ids))
        .order_by(c.at.desc(), c.id.desc())
        .limit(limit)
    )
    rows = uow.execute(wanted)
    return [View(row.actor, row.entity, row.record_id, row.at, row.purpose) for row in rows]
