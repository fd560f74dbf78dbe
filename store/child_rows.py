"""Put the child rows of a page of records into the records."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from store import bulk, history
from store.column_types import alive
from store.errors import HiddenFieldError
from store.rows import by_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Row

    from builder.masks import Mask
    from store.record_tables import EntityTables, Tables
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
    fields, masks = _seen(child, scope)
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
        known = {"id": each.id, "uid": each.uid, "position": each.position}
        lists[each.parent_id].append({**known, **_values(each, fields, masks)})


def rows_at(
    uow: UnitOfWork,
    tables: Tables,
    entity: str,
    key: str,
    record_id: int,
    *,
    revs: Sequence[int],
    scope: Scope,
) -> list[list[dict[str, Any]]]:
    """The rows of a child table or list at each of these change numbers, in one read.

    Only with the fields the scope shows.
    """
    child = tables[tables[entity].children[key]]
    if child.history is None:
        return [[] for _ in revs]
    fields, masks = _seen(child, scope)
    found = uow.execute(
        select(child.history)
        .where(child.history.c.parent_id == record_id, alive(child.history))
        .order_by(child.history.c.position, child.history.c.id)
    ).all()
    rows = [(row.rev_from, row.rev_to, _values(row, fields, masks)) for row in found]
    return [[values for first, last, values in rows if first <= rev < last] for rev in revs]


def _seen(child: EntityTables, scope: Scope) -> tuple[dict[str, str], dict[str, tuple[str, Mask]]]:
    """The columns of the fields in sight, and what masks let through, by column."""
    fields = {
        field: column.name
        for field, column in child.fields.items()
        if not scope.hides(child.name, field) and not column.hidden
    }
    masks = {child.fields[k].name: (k, m) for k, m in scope.partly(child.name).items()}
    return fields, masks


def _values(
    row: Row[Any], fields: Mapping[str, str], masks: Mapping[str, tuple[str, Mask]]
) -> dict[str, Any]:
    mapping = by_name(row)
    values = {field: mapping[name] for field, name in fields.items()}
    return values | {field: mask.of(mapping[name]) for name, (field, mask) in masks.items()}
