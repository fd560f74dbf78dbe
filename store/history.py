"""Versions of records: written once per unit of work, all with its one change number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, bindparam, delete, insert, literal, select, update

from store import words
from store.bulk import among, among_ids, follow_each_other
from store.column_types import alive
from store.prepared import Prepared
from store.statements import made_once
from store.unit import OPEN_REV

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement, FromClause, Insert, Row, Table
    from sqlalchemy.sql.dml import ReturningInsert

    from store.unit import Touched, UnitOfWork


def write_versions(uow: UnitOfWork) -> None:
    """Write what the touched records look like now as their newest version.

    May run more than once in a unit: a record changed again replaces the version of this unit.
    What records are found by goes the same way; logs are written too often for that.
    """
    waiting, uow.touched = uow.touched, {}
    for touched in waiting.values():
        _stamp(uow, touched)
        if touched.history is not None:
            words.put_words(uow, touched.table, _write(uow, touched, touched.history))
    uow.versions_written = uow.versions_written or bool(waiting)


def as_of(history: FromClause, rev: int) -> ColumnElement[bool]:
    """The versions in force at change number `rev`, tombstones left out."""
    # `+ 0` keeps SQLite from walking the rev_to index, which nearly every version matches
    return (history.c.rev_from <= rev) & (history.c.rev_to + 0 > rev) & alive(history)


def _stamp(uow: UnitOfWork, touched: Touched) -> None:
    if touched.pending:
        uow.execute(
            update(touched.table)
            .where(among_ids(uow, touched.table.c.id, touched.pending))
            .values(rev=uow.rev())
        )


def _write(uow: UnitOfWork, touched: Touched, history: Table) -> Sequence[Row[Any]]:
    """Write the versions; the ids of the records and what they are found by."""
    rev = uow.rev()
    older = touched.ids - touched.fresh
    if older:
        mine = among_ids(uow, history.c.id, older)
        if uow.versions_written:
            uow.execute(delete(history).where(mine, history.c.rev_from == rev))
        uow.execute(update(history).where(mine, history.c.rev_to == OPEN_REV).values(rev_to=rev))
    ids = touched.ids
    if follow_each_other(ids):
        given = {"first": min(ids), "last": max(ids), "rev": rev}
        usual = made_once(history, "copy_range", lambda: _copy_range(touched.table, history))
        return uow.rows(usual, given).all()
    several = _copy(touched.table, history, among(uow, touched.table.c.id, ids))
    written = uow.execute(several, {"rev": rev})
    return written.all() if written.returns_rows else ()


def _copy_range(current: Table, history: Table) -> Prepared:
    range_ = current.c.id.between(bindparam("first"), bindparam("last"))
    return Prepared(_copy(current, history, range_))


def _copy(
    current: Table, history: Table, mine: ColumnElement[bool]
) -> Insert | ReturningInsert[Any]:
    """Rows as they are now become their newest version."""
    names = [c.name for c in history.c if c.name not in {"hid", "rev_from", "rev_to"}]
    chosen = (
        select(
            *(current.c[name] for name in names),
            bindparam("rev", type_=BigInteger()),
            literal(OPEN_REV),
        )
        .where(mine)
        .order_by(current.c.id)  # the same order of versions on every database
    )
    written = insert(history).from_select([*names, "rev_from", "rev_to"], chosen)
    texts = words.searched_columns(current)
    return (
        written.returning(history.c.id, *(history.c[name] for name in texts)) if texts else written
    )
