"""Take records out of the trash for good: rows, versions, words and comments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from store import words
from store.bulk import among
from store.column_types import alive
from store.record_writes import lock_rows, note
from store.tables_records import record_comment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from store.record_tables import EntityTables, Tables
    from store.record_writes import Stamp
    from store.unit import UnitOfWork


def purge(
    uow: UnitOfWork, tables: Tables, entity: str, ids: Sequence[int], *, stamp: Stamp
) -> list[int]:
    """Forget those of the records that are in the trash, child rows included; which they were."""
    mine = tables[entity]
    gone = [id_ for id_, row in lock_rows(uow, mine, ids).items() if row.deleted]
    for name in mine.children.values():
        child = tables[name]
        below = select(child.current.c.id).where(among(uow, child.current.c.parent_id, gone))
        _forget(uow, child, list(uow.execute(below).scalars()))
    _forget(uow, mine, gone)
    here = record_comment.c.entity == entity
    uow.execute(delete(record_comment).where(here, among(uow, record_comment.c.record_id, gone)))
    note(uow, mine, "purge", ids=gone, stamp=stamp)
    return gone


def pointing_at(uow: UnitOfWork, tables: EntityTables, key: str, ids: Sequence[int | str]) -> bool:
    """Whether some record that is not in the trash points to one of these."""
    column = tables.current.c[tables.column(key).name]
    some = select(tables.current.c.id).where(alive(tables.current), among(uow, column, ids))
    return uow.execute(some.limit(1)).first() is not None


def _forget(uow: UnitOfWork, tables: EntityTables, ids: Sequence[int]) -> None:
    if not ids:
        return
    words.forget(uow, tables.number, ids)
    for table in (tables.history, tables.current):
        if table is not None:
            uow.execute(delete(table).where(among(uow, table.c.id, ids)))
