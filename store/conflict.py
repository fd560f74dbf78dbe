"""Insert unless a unique key is there already, on both databases."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select, true
from sqlalchemy.dialects import postgresql, sqlite

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Subquery, Table

    from store.unit import UnitOfWork


def insert_new(
    uow: UnitOfWork, table: Table, values: Mapping[str, Any], *, unique: Sequence[str]
) -> int | None:
    """Insert a row; its id, or None when the unique columns are taken."""
    statement = (
        _insert(uow, table)
        .values(dict(values))
        .on_conflict_do_nothing(index_elements=list(unique))
        .returning(table.c.id)
    )
    found = uow.execute(statement).scalar()
    return None if found is None else int(found)


def put_new(uow: UnitOfWork, table: Table, values: Mapping[str, Any]) -> None:
    """Insert a row unless its primary key is there."""
    uow.execute(_insert(uow, table).values(dict(values)).on_conflict_do_nothing())


def insert_from(uow: UnitOfWork, table: Table, rows: Subquery) -> int:
    """Insert the rows of a sub-select that are not there yet; how many were new."""
    # WHERE true: SQLite would read ON as a join condition otherwise
    chosen = select(*rows.c).where(true())
    statement = _insert(uow, table).from_select([c.name for c in rows.c], chosen)
    statement = statement.on_conflict_do_nothing().execution_options(preserve_rowcount=True)
    return int(uow.execute(statement).rowcount)


def put(uow: UnitOfWork, table: Table, key: Mapping[str, Any], values: Mapping[str, Any]) -> None:
    """Insert a row, or set `values` on the one that has this key."""
    statement = _insert(uow, table).values({**key, **values})
    uow.execute(
        statement.on_conflict_do_update(index_elements=list(key), set_=dict(values))
        if values
        else statement.on_conflict_do_nothing(index_elements=list(key))
    )


def add(uow: UnitOfWork, table: Table, key: Mapping[str, Any], *, column: str, amount: int) -> int:
    """Add to a number of the row with this key, which starts at nothing; the sum."""
    statement = _insert(uow, table).values({**key, column: amount})
    counted = statement.on_conflict_do_update(
        index_elements=list(key), set_={column: table.c[column] + amount}
    )
    return int(uow.execute(counted.returning(table.c[column])).scalar_one())


def _insert(uow: UnitOfWork, table: Table) -> postgresql.Insert | sqlite.Insert:
    if uow.dialect == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)
