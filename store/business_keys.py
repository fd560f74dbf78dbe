"""Find records by a business key, many at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from store import bulk
from store.column_types import alive

if TYPE_CHECKING:
    from collections.abc import Collection

    from dsl.types import Raw
    from store.record_tables import Tables
    from store.unit import UnitOfWork


def ids_by(
    uow: UnitOfWork, tables: Tables, entity: str, *, by: str, values: Collection[Raw]
) -> dict[Raw, int]:
    """The ids of the records whose field `by` has one of these values; the oldest when several."""
    found = all_ids_by(uow, tables, entity, by=by, values=values)
    return {value: ids[0] for value, ids in found.items()}


def all_ids_by(
    uow: UnitOfWork, tables: Tables, entity: str, *, by: str, values: Collection[Raw]
) -> dict[Raw, list[int]]:
    """The ids of all records whose field `by` has one of these values, the oldest first."""
    if not values:
        return {}
    table, column = tables.table(entity), tables.column(entity, by)
    rows = uow.execute(
        select(column.label("found_key"), table.c.id)
        .where(alive(table), bulk.among(uow, column, values))
        .order_by(table.c.id)
    )
    found: dict[Raw, list[int]] = {}
    for row in rows:
        found.setdefault(row.found_key, []).append(int(row.id))
    return found


def texts_of(
    uow: UnitOfWork, tables: Tables, entity: str, *, by: str, ids: Collection[int]
) -> dict[int, Raw]:
    """The business key of these records, the trash included, where they have one."""
    table, column = tables.table(entity), tables.column(entity, by)
    rows = uow.execute(
        select(table.c.id, column.label("found_key")).where(
            column.is_not(None), bulk.among(uow, table.c.id, ids)
        )
    )
    return {int(row.id): row.found_key for row in rows}


def keys_of(uow: UnitOfWork, tables: Tables, entity: str, *, by: str) -> dict[int, Raw]:
    """The business key of every record that has one."""
    table, column = tables.table(entity), tables.column(entity, by)
    rows = uow.execute(
        select(table.c.id, column.label("found_key"))
        .where(alive(table), column.is_not(None))
        .order_by(table.c.id)
    )
    return {int(row.id): row.found_key for row in rows}


def last_by(uow: UnitOfWork, tables: Tables, entity: str, *, actor: str) -> str | None:
    """The uid of the newest record that an actor made."""
    table = tables.table(entity)
    mine = select(table.c.uid).where(alive(table), table.c.created_by == actor)
    return uow.execute(mine.order_by(table.c.id.desc()).limit(1)).scalar()
