"""Rows of child tables: written with their record, under its change number."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from store import bulk
from store.column_types import alive
from store.errors import BadValueError, NotFoundError
from store.history import as_of
from store.record_changes import Change
from store.record_values import ChildRows, checked_columns, keys_of
from store.record_writes import Stamp, values_of, write_changed, write_new
from store.rows import by_name

if TYPE_CHECKING:
    from sqlalchemy import Row

    from dsl.types import Raw
    from store.record_tables import EntityTables
    from store.unit import UnitOfWork

_NAMESPACE = uuid.UUID("5f0d6c1e-6f0a-4b53-9d53-0c9b0a8a7c11")


@dataclass(slots=True)
class _Plan:
    """What has to happen to the child rows of a batch of records."""

    new: list[tuple[int, int, Mapping[str, Any]]] = field(default_factory=list)  # parent, position
    changed: list[tuple[Row[Any], int, Mapping[str, Any]]] = field(default_factory=list)
    gone: list[Row[Any]] = field(default_factory=list)


def write_children(
    uow: UnitOfWork,
    child: EntityTables,
    given: Mapping[int, ChildRows],
    *,
    parents: Mapping[int, str],
    fresh: bool,
    stamp: Stamp,
) -> dict[int, tuple[Change, ...]]:
    """Make the child rows of each record what is given; the changes by record.

    Rows are matched by their `uid`; when none has a uid, equal rows first and then the rest in
    order. `parents` are the uids of the records; `fresh` says they were inserted just now.
    """
    _refuse_nested(child, given)
    existing = {} if fresh else _existing(uow, child, given)
    plan = _Plan()
    for parent_id, rows in given.items():
        _match(child, plan, parent_id, rows=rows, there=existing.get(parent_id, ()))
    changes: dict[int, list[Change]] = {}
    for parent_id, change in (
        *_remove(uow, child, plan, stamp=stamp),
        *_update(uow, child, plan, stamp=stamp),
        *_insert(uow, child, plan, parents=parents, stamp=stamp),
    ):
        changes.setdefault(parent_id, []).append(change)
    return {parent_id: tuple(each) for parent_id, each in changes.items()}


def _refuse_nested(child: EntityTables, given: Mapping[int, ChildRows]) -> None:
    for rows in given.values():
        for row in rows:
            if not isinstance(row, Mapping):
                raise BadValueError(child.name, "", "not a row")
            if nested := child.children.keys() & row.keys():
                raise BadValueError(child.name, min(nested), "child tables do not nest")


def _existing(
    uow: UnitOfWork, child: EntityTables, given: Mapping[int, ChildRows]
) -> dict[int, list[Row[Any]]]:
    current = child.current
    rows: dict[int, list[Row[Any]]] = {}
    for row in uow.execute(
        select(current)
        .where(bulk.among(uow, current.c.parent_id, sorted(given)), alive(current))
        .order_by(current.c.parent_id, current.c.position, current.c.id)
    ):
        rows.setdefault(row.parent_id, []).append(row)
    return rows


def rows_then(
    uow: UnitOfWork, child: EntityTables, parent_id: int, *, rev: int | None = None
) -> list[dict[str, Raw]]:
    """The rows of a record in order, now or as known at a change number."""
    table, there = child.current, alive(child.current)
    if rev is not None and child.history is not None:
        table, there = child.history, as_of(child.history, rev)
    chosen = select(table).where(table.c.parent_id == parent_id, there)
    found = uow.execute(chosen.order_by(table.c.position, table.c.id))
    return [values_of(child, row) for row in found]


def _match(
    child: EntityTables,
    plan: _Plan,
    parent_id: int,
    *,
    rows: ChildRows,
    there: Sequence[Row[Any]],
) -> None:
    left = list(there)
    matched: list[Row[Any] | None]
    if any("uid" in row for row in rows):
        by_uid = {row.uid: row for row in there}
        matched = [by_uid.get(str(row["uid"])) if "uid" in row else None for row in rows]
        left = [row for row in there if row not in matched]
    else:
        matched = [_take_equal(child, left, row) for row in rows]
        matched = [old or (left.pop(0) if left else None) for old in matched]
    for position, (row, old) in enumerate(zip(rows, matched, strict=True)):
        if old is None:
            plan.new.append((parent_id, position, row))
        elif old.position != position or _differs(child, old, row):
            plan.changed.append((old, position, row))
    plan.gone.extend(left)


def _take_equal(
    child: EntityTables, left: list[Row[Any]], row: Mapping[str, Any]
) -> Row[Any] | None:
    for place, old in enumerate(left):
        if not _differs(child, old, row):
            return left.pop(place)
    return None


def _differs(child: EntityTables, old: Row[Any], row: Mapping[str, Any]) -> bool:
    keys, _ = keys_of(child, [row])
    return any(by_name(old)[child.column(key).name] != row[key] for key in keys)


def _insert(
    uow: UnitOfWork,
    child: EntityTables,
    plan: _Plan,
    *,
    parents: Mapping[int, str],
    stamp: Stamp,
) -> list[tuple[int, Change]]:
    if not plan.new:
        return []
    rows = [row for _, _, row in plan.new]
    keys, _ = keys_of(child, rows)
    ids = bulk.next_ids(uow, child.current, len(rows))
    uids = [
        str(row.get("uid") or uuid.uuid5(_NAMESPACE, f"{parents[parent]}/{child.name}/{id_}"))
        for id_, (parent, _, row) in zip(ids, plan.new, strict=True)
    ]
    columns: dict[str, Sequence[Any]] = {
        "parent_id": [parent for parent, _, _ in plan.new],
        "position": [position for _, position, _ in plan.new],
        **checked_columns(child, rows, keys),
    }
    write_new(uow, child, columns, ids=ids, uids=uids, stamp=stamp)
    return [
        (parent, Change(child.name, id_, uid, None, {k: row.get(k) for k in child.fields}))
        for id_, uid, (parent, _, row) in zip(ids, uids, plan.new, strict=True)
    ]


def _update(
    uow: UnitOfWork, child: EntityTables, plan: _Plan, *, stamp: Stamp
) -> list[tuple[int, Change]]:
    if not plan.changed:
        return []
    keys, _ = keys_of(child, [row for _, _, row in plan.changed])
    before = [values_of(child, old) for old, _, _ in plan.changed]
    after: list[dict[str, Raw]] = [
        {**old, **{k: row[k] for k in keys if k in row}}
        for old, (_, _, row) in zip(before, plan.changed, strict=True)
    ]
    columns: dict[str, Sequence[Any]] = {
        "position": [position for _, position, _ in plan.changed],
        **checked_columns(child, after, keys),
    }
    ids = [old.id for old, _, _ in plan.changed]
    if len(ids) > 1:  # rows that swap their unique keys must not meet half-way
        write_changed(uow, child, ids, columns={}, constants={"deleted": True}, stamp=stamp)
    write_changed(uow, child, ids, columns=columns, constants={"deleted": False}, stamp=stamp)
    return [
        (old.parent_id, Change(child.name, old.id, old.uid, was, is_))
        for (old, _, _), was, is_ in zip(plan.changed, before, after, strict=True)
    ]


def _remove(
    uow: UnitOfWork, child: EntityTables, plan: _Plan, *, stamp: Stamp
) -> list[tuple[int, Change]]:
    ids = [row.id for row in plan.gone]
    write_changed(uow, child, ids, columns={}, constants={"deleted": True}, stamp=stamp)
    return [
        (row.parent_id, Change(child.name, row.id, row.uid, values_of(child, row), None))
        for row in plan.gone
    ]


def parents_of(uow: UnitOfWork, child: EntityTables, ids: Sequence[int]) -> list[int]:
    """The records that own these child rows."""
    current = child.current
    found = uow.execute(
        select(current.c.parent_id).where(bulk.among(uow, current.c.id, ids)).distinct()
    ).scalars()
    parents = sorted(parent for parent in found if parent is not None)
    if not parents:
        raise NotFoundError(child.parent, 0)
    return parents
