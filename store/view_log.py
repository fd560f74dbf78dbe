"""Who looked at what: a queryable log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import insert, update

from store.tables import view_log

if TYPE_CHECKING:
    from store.unit import UnitOfWork


def append(
    uow: UnitOfWork,
    *,
    actor: str,
    entity: str,
    record_id: int,
    at: int,
    purpose: str | None = None,
) -> None:
    """Note that somebody looked at a record."""
    statement = insert(view_log).values(
        actor=actor, entity=entity, record_id=record_id, at=at, purpose=purpose
    )
    entry = uow.execute(statement.returning(view_log.c.id)).scalar_one()
    mine = view_log.c.id == entry
    uow.on_rev(lambda rev: uow.execute(update(view_log).where(mine).values(rev=rev)))
