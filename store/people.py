"""Who stands above and below whom in today's organisation; cycles end where they close."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, literal, select

from store.column_types import BIGINT, alive

if TYPE_CHECKING:
    from sqlalchemy import Table

    from store.record_tables import Tables
    from store.unit import UnitOfWork

MAX_CHAIN = 64


def manager_chain(uow: UnitOfWork, tables: Tables, person_id: int) -> list[int]:
    """The managers of a person, nearest first."""
    manager = tables.column("person", "manager")
    table = tables.table("person")
    chain: list[int] = []
    here = person_id
    while len(chain) < MAX_CHAIN:
        above = uow.execute(select(manager).where(table.c.id == here)).scalar()
        if above is None or above == person_id or above in chain:
            break
        chain.append(int(above))
        here = int(above)
    return chain


def subordinates(uow: UnitOfWork, tables: Tables, person_id: int) -> set[int]:
    """Everybody below a person, directly or not; not the person."""
    table = tables.table("person")
    below = _below(uow, table, tables.column("person", "manager"), person_id)
    return below - {person_id}


def departments_under(uow: UnitOfWork, tables: Tables, department_id: int) -> set[int]:
    """A department and all that belong to it."""
    table = tables.table("department")
    return _below(uow, table, tables.column("department", "parent"), department_id)


def department_of(uow: UnitOfWork, tables: Tables, person_id: int) -> int | None:
    """The department a person belongs to."""
    column = tables.column("person", "department")
    table = tables.table("person")
    found = uow.execute(select(column).where(table.c.id == person_id)).scalar()
    return None if found is None else int(found)


def _below(uow: UnitOfWork, table: Table, above: ColumnElement[int], root: int) -> set[int]:
    """The root and everything under it. UNION drops what was seen, so cycles end."""
    start = select(literal(root, BIGINT).label("id")).cte("below", recursive=True)
    found = start.union(select(table.c.id).where(above == start.c.id, alive(table)))
    return {int(each) for each in uow.execute(select(found.c.id)).scalars()}
