"""Put the child rows of a page of records into the records."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from store import bulk, history
from store.column_types import alive
from store.errors import HiddenFieldError
from store.rows import by_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from store.record_tables import Tables
    from store.scope import Scope
    from store.source import Source
    from store.unit import UnitOfWork


def read_children(
    uow: UnitOfWork,
    source: Source,
    rows: Sequence[dict[str, Any]],
    key: str,
    *,
    scope: Scope,
    tables: Tables,
    as_of: int | None,
) -> None:
    """Add to each row its child rows at `key`, in order, with the fields the scope shows."""
    if scope.hides(source.entity.name, key):
        raise HiddenFieldError(source.entity.name, key)
    child = tables[tables[source.entity.name].children[key]]
    table, there = child.current, alive(child.current)
    if as_of is not None and child.history is not None:
        table, there = child.history, history.as_of(child.history, as_of)
    fields = {
        field: column.name
        for field, column in child.fields.items()
        if not scope.hides(child.name, field) and not column.hidden
    }
    masks = {child.fields[k].name: (k, m) for k, m in scope.partly(child.name).items()}
    lists: dict[int, list[dict[str, Any]]] = {row["id"]: [] for row in rows}
    for row in rows:
        row[key] = lists[row["id"]]
    found = uow.execute(
        select(
            *(table.c.id, table.c.uid, table.c.parent_id, table.c.position),
            *(table.c[name] for name in (*fields.values(), *masks)),
        )
        .where(bulk.among(uow, table.c.parent_id, lists.keys()), there)
        .order_by(table.c.parent_id, table.c.position, table.c.id)
    )
    for each in found:
        mapping = by_name(each)
        values = {field: mapping[name] for field, name in fields.items()}
        values |= {field: mask.of(mapping[name]) for name, (field, mask) in masks.items()}
        lists[each.parent_id].append(
            {"id": each.id, "uid": each.uid, "position": each.position, **values}
        )


def lists_of(
    uow: UnitOfWork, tables: Tables, entity: str, key: str, record_id: int, *, revs: Sequence[int]
) -> list[list[dict[str, Any]]]:
    """The rows of a list field at each of these change numbers, in one read."""
    child = tables[tables[entity].children[key]]
    if child.history is None:
        return [[] for _ in revs]
    columns = {field: child.history.c[column.name] for field, column in child.fields.items()}
    found = uow.execute(
        select(child.history)
        .where(child.history.c.parent_id == record_id, ~child.history.c.deleted)
        .order_by(child.history.c.position, child.history.c.id)
    ).all()
    return [
        [
            {field: by_name(row)[column.name] for field, column in columns.items()}
            for row in found
            if row.rev_from <= rev < row.rev_to
        ]
        for rev in revs
    ]
