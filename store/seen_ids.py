"""The row ids behind the uids that references are sent as, as far as a scope shows the records."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, select

from store.column_types import alive
from store.prepared import Prepared
from store.query import Query, read
from store.scope import Leads
from store.statements import made_once

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Table

    from builder.catalog import Catalog
    from dsl.backends.python import Params
    from store.record_tables import EntityTables, Tables
    from store.scope import RowTest, Scope
    from store.unit import UnitOfWork


def seen_ids(
    uow: UnitOfWork,
    scope: Scope,
    entity: str,
    uids: Sequence[str],
    *,
    tables: Tables,
    catalog: Catalog,
    params: Params,
) -> dict[str, int]:
    """The row ids by uid, of records that the scope shows."""
    if not uids:
        return {}
    mine, known = tables.entities.get(entity), catalog.entities.get(entity)
    if len(uids) == 1 and mine is not None and known is not None and known.parent is None:
        test = scope.rows(entity)
        if test in ("all", "none") or (isinstance(test, Leads) and not test.path):
            return _one(uow, mine, uids[0], test)
    wanted = Query(entity, select=(), uids=tuple(uids))
    page = read(uow, scope, wanted, tables=tables, catalog=catalog, params=params)
    return {str(row["uid"]): int(row["id"]) for row in page.rows}


def _one(uow: UnitOfWork, mine: EntityTables, uid: str, test: RowTest) -> dict[str, int]:
    """One record, where its id alone decides: the statement is the same whoever asks."""
    usual = made_once(mine.current, "id_of_uid", lambda: _id_of_uid(mine.current))
    found = uow.rows(usual, {"wanted": uid}).scalar()
    is_seen = test == "all" or (isinstance(test, Leads) and found in test.ids)
    return {uid: int(found)} if found is not None and is_seen else {}


def _id_of_uid(current: Table) -> Prepared:
    found = select(current.c.id).where(alive(current), current.c.uid == bindparam("wanted"))
    return Prepared(found)
