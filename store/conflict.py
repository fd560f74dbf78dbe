"""Insert unless a unique key is there already, on both databases."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select, true
from sqlalchemy.dialects import postgresql, sqlite

from store.prepared import Prepared
from store.statements import made_once

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Insert, Subquery, Table
    from sqlalchemy.sql.dml import ReturningInsert

    from store.unit import Dialect, UnitOfWork


def insert_new(
    uow: UnitOfWork, table: Table, values: Mapping[str, Any], *, unique: Sequence[str]
) -> int | None:
    """Insert a row; its id, or None when the unique columns are taken."""
    statement = made_once(
        table,
        ("unless_there", uow.dialect, tuple(values), *unique),
        lambda: Prepared(_unless_there(uow.dialect, table, unique), names=values),
    )
    found = uow.rows(statement, values).scalar()
    return None if found is None else int(found)


def put_new(uow: UnitOfWork, table: Table, values: Mapping[str, Any]) -> None:
    """Insert a row unless its primary key is there."""
    uow.execute(_insert(uow.dialect, table).values(dict(values)).on_conflict_do_nothing())


def insert_from(uow: UnitOfWork, table: Table, rows: Subquery) -> int:
    """Insert the rows of a sub-select that are not there yet; how many were new."""
    # WHERE true: SQLite would read ON as a join condition otherwise
    chosen = select(*rows.c).where(true())
    statement = _insert(uow.dialect, table).from_select([c.name for c in rows.c], chosen)
    statement = statement.on_conflict_do_nothing().execution_options(preserve_rowcount=True)
    return int(uow.execute(statement).rowcount)


def put(uow: UnitOfWork, table: Table, key: Mapping[str, Any], values: Mapping[str, Any]) -> None:
    """Insert a row, or set `values` on the one that has this key."""
    statement = made_once(
        table,
        ("or_set", uow.dialect, tuple(key), tuple(values)),
        lambda: Prepared(
            _or_set(uow.dialect, table, tuple(key), tuple(values)), names=(*key, *values)
        ),
    )
    uow.change(statement, {**key, **values})


def _unless_there(dialect: Dialect, table: Table, unique: Sequence[str]) -> ReturningInsert[Any]:
    statement = _insert(dialect, table).on_conflict_do_nothing(index_elements=unique)
    return statement.returning(table.c.id)


def _or_set(dialect: Dialect, table: Table, key: tuple[str, ...], names: tuple[str, ...]) -> Insert:
    statement = _insert(dialect, table)
    if not names:
        return statement.on_conflict_do_nothing(index_elements=key)
    set_ = {name: statement.excluded[name] for name in names}
    return statement.on_conflict_do_update(index_elements=key, set_=set_)


def add(uow: UnitOfWork, table: Table, key: Mapping[str, Any], *, column: str, amount: int) -> int:
    """Add to a number of the row with this key, which starts at nothing; the sum."""
    statement = _insert(uow.dialect, table).values({**key, column: amount})
    counted = statement.on_conflict_do_update(
        index_elements=list(key), set_={column: table.c[column] + amount}
    )
    return int(uow.execute(counted.returning(table.c[column])).scalar_one())


def _insert(dialect: Dialect, table: Table) -> postgresql.Insert | sqlite.Insert:
    if dialect == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)
