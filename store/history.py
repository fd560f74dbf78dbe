"""Versions of records: written once per unit of work, all with its one change number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, literal, select, update

from store import words
from store.bulk import among_ids
from store.column_types import alive
from store.unit import OPEN_REV

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, FromClause, Table

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
            _write(uow, touched, touched.history)
            words.put_words(uow, touched.table, touched.ids)
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


def _write(uow: UnitOfWork, touched: Touched, history: Table) -> None:
    rev = uow.rev()
    older = touched.ids - touched.fresh
    if older:
        mine = among_ids(uow, history.c.id, older)
        if uow.versions_written:
            uow.execute(delete(history).where(mine, history.c.rev_from == rev))
        uow.execute(update(history).where(mine, history.c.rev_to == OPEN_REV).values(rev_to=rev))
    names = [c.name for c in history.c if c.name not in {"hid", "rev_from", "rev_to"}]
    current = touched.table
    chosen = (
        select(*(current.c[name] for name in names), literal(rev), literal(OPEN_REV))
        .where(among_ids(uow, current.c.id, touched.ids))
        .order_by(current.c.id)  # the same order of versions on every database
    )
    uow.execute(insert(history).from_select([*names, "rev_from", "rev_to"], chosen))
