"""The one way records are written: checked, versioned, audited, in the caller's unit of work."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from store import bulk
from store.errors import AppendOnlyError, BadValueError, NotFoundError
from store.record_changes import Change, Clash, Conflict, Upserted
from store.record_children import parents_of, rows_then, write_children
from store.record_upsert import upsert_many
from store.record_values import RowValues, checked_columns, child_rows, keys_of
from store.record_writes import (
    Origin,
    Stamp,
    lock_rows,
    note,
    values_of,
    write_changed,
    write_new,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Row

    from dsl.types import Raw
    from store.record_tables import EntityTables, Tables
    from store.unit import UnitOfWork

__all__ = [
    "Change",
    "Clash",
    "Conflict",
    "Origin",
    "Stamp",
    "Upserted",
    "delete",
    "insert",
    "insert_many",
    "lock",
    "restore",
    "update",
    "upsert_many",
]


def lock(uow: UnitOfWork, tables: Tables, entity: str, record_id: int) -> None:
    """Keep others from changing a record until commit."""
    lock_rows(uow, tables[entity], [record_id])


def insert_many(
    uow: UnitOfWork,
    tables: Tables,
    entity: str,
    rows: Sequence[RowValues],
    *,
    uids: Sequence[str],
    stamp: Stamp,
) -> list[int]:
    """Insert records, child rows included; their ids in order."""
    mine = tables[entity]
    if len(uids) != len(rows):
        raise ValueError("one uid for each row")
    if not rows:
        return []
    keys, children = keys_of(mine, rows)
    ids = bulk.next_ids(uow, mine.current, len(rows))
    columns: dict[str, Sequence[Any]] = dict(checked_columns(mine, rows, keys))
    if mine.parent is not None:
        columns |= {name: [row.get(name) for row in rows] for name in ("parent_id", "position")}
    write_new(uow, mine, columns, ids=ids, uids=uids, stamp=stamp)
    for key in children:
        write_children(
            uow,
            tables[mine.children[key]],
            {id_: child_rows(mine, key, row) for id_, row in zip(ids, rows, strict=True)},
            parents=dict(zip(ids, uids, strict=True)),
            fresh=True,
            stamp=stamp,
        )
    _bump_parents(uow, tables, mine, ids=ids, stamp=stamp)
    note(uow, mine, "insert", ids=ids, stamp=stamp)
    return list(ids)


def insert(
    uow: UnitOfWork, tables: Tables, entity: str, values: RowValues, *, uid: str, stamp: Stamp
) -> Change:
    """Insert one record and say what changed."""
    (id_,) = insert_many(uow, tables, entity, [values], uids=[uid], stamp=stamp)
    return inserted(tables, entity, [values], ids=[id_], uids=[uid])[0]


def inserted(
    tables: Tables,
    entity: str,
    rows: Sequence[RowValues],
    *,
    ids: Sequence[int],
    uids: Sequence[str],
) -> tuple[Change, ...]:
    """The changes that `insert_many` made (child rows are not listed)."""
    keys = tables[entity].fields
    return tuple(
        Change(entity, id_, uid, None, {key: row.get(key) for key in keys})  # type: ignore[misc]  # stored fields are scalars
        for id_, uid, row in zip(ids, uids, rows, strict=True)
    )


def stale(
    uow: UnitOfWork,
    tables: Tables,
    entity: str,
    record_id: int,
    values: RowValues,
    *,
    base_version: int | None,
) -> Conflict | None:
    """Whether a submitted field was changed since the base version; the record stays locked.

    A version that never was is not stale.
    """
    row = _locked(uow, tables[entity], record_id)
    if base_version is None or base_version > row.version:
        return None
    return _stale(uow, tables, row, entity, values, base_version=base_version)


def update(
    uow: UnitOfWork,
    tables: Tables,
    entity: str,
    record_id: int,
    values: RowValues,
    *,
    base_version: int | None,
    stamp: Stamp,
) -> Change | Conflict:
    """Change fields of a record; nothing is written when nothing differs.

    Refused with a Conflict when a submitted field was changed since `base_version`.
    """
    mine = tables[entity]
    row = _locked(uow, mine, record_id)
    before = values_of(mine, row)
    keys, children = keys_of(mine, [values])
    checked_columns(mine, [values], keys)
    wanted: dict[str, Raw] = {key: values[key] for key in keys}  # type: ignore[misc]  # checked above
    if mine.log:
        raise AppendOnlyError(entity)
    conflict = _stale(uow, tables, row, entity, values, base_version=base_version)
    if conflict is not None:
        return conflict
    after = {**before, **wanted}
    below = _update_children(uow, tables, mine, row, values, children=children, stamp=stamp)
    changed = [key for key in keys if before[key] != after[key]]
    if changed or below:
        columns = checked_columns(mine, [after], changed)
        write_changed(uow, mine, [record_id], columns=columns, constants={}, stamp=stamp)
        _bump_parents(uow, tables, mine, ids=[record_id], stamp=stamp)
        note(uow, mine, "update", ids=[record_id], fields=changed, stamp=stamp)
    return Change(entity, record_id, row.uid, before, after, below)


def delete(uow: UnitOfWork, tables: Tables, entity: str, record_id: int, *, stamp: Stamp) -> Change:
    """Put a record into the trash, its child rows with it."""
    mine = tables[entity]
    if mine.log:
        raise AppendOnlyError(entity)
    row = _locked(uow, mine, record_id)
    below: tuple[Change, ...] = ()
    for child in mine.children.values():
        changes = write_children(
            uow,
            tables[child],
            {record_id: ()},
            parents={record_id: row.uid},
            fresh=False,
            stamp=stamp,
        )
        below += changes.get(record_id, ())
    write_changed(uow, mine, [record_id], columns={}, constants={"deleted": True}, stamp=stamp)
    _bump_parents(uow, tables, mine, ids=[record_id], stamp=stamp)
    note(uow, mine, "delete", ids=[record_id], stamp=stamp)
    return Change(entity, record_id, row.uid, values_of(mine, row), None, below)


def restore(
    uow: UnitOfWork, tables: Tables, entity: str, record_id: int, *, stamp: Stamp
) -> Change:
    """Take a record out of the trash, with the child rows that went there with it."""
    mine = tables[entity]
    row = lock_rows(uow, mine, [record_id]).get(record_id)
    if row is None or not row.deleted:
        raise NotFoundError(entity, record_id)
    live = {"deleted": False}
    below: tuple[Change, ...] = ()
    for name in mine.children.values():
        child = tables[name]
        mates = uow.execute(
            select(child.current).where(
                child.current.c.parent_id == record_id, child.current.c.rev == row.rev
            )
        ).all()
        ids = [mate.id for mate in mates]
        write_changed(uow, child, ids, columns={}, constants=live, stamp=stamp)
        below += tuple(Change(name, m.id, m.uid, None, values_of(child, m)) for m in mates)
    write_changed(uow, mine, [record_id], columns={}, constants=live, stamp=stamp)
    _bump_parents(uow, tables, mine, ids=[record_id], stamp=stamp)
    note(uow, mine, "restore", ids=[record_id], stamp=stamp)
    return Change(entity, record_id, row.uid, None, values_of(mine, row), below)


def _locked(uow: UnitOfWork, mine: EntityTables, record_id: int) -> Row[Any]:
    row = lock_rows(uow, mine, [record_id]).get(record_id)
    if row is None or row.deleted:
        raise NotFoundError(mine.name, record_id)
    return row


def _version(uow: UnitOfWork, mine: EntityTables, record_id: int, number: int) -> Row[Any] | None:
    history = mine.history
    if history is None:
        raise AppendOnlyError(mine.name)
    wanted = select(history).where(history.c.id == record_id, history.c.version == number)
    return uow.execute(wanted).one_or_none()


def _stale(
    uow: UnitOfWork,
    tables: Tables,
    row: Row[Any],
    entity: str,
    values: RowValues,
    *,
    base_version: int | None,
) -> Conflict | None:
    if base_version is None or base_version == row.version:
        return None
    mine = tables[entity]
    keys, _ = keys_of(mine, [values])
    wanted: dict[str, Raw] = {key: values[key] for key in keys}  # type: ignore[misc]  # no rows
    base = _version(uow, mine, row.id, base_version)
    clashes = {
        **_clashes(mine, row, wanted, base),
        **_row_clashes(uow, tables, mine, row, values, base=base),
    }
    return Conflict(entity, row.id, row.version, clashes) if clashes else None


def _clashes(
    mine: EntityTables, row: Row[Any], wanted: Mapping[str, Raw], base: Row[Any] | None
) -> dict[str, Clash]:
    """The submitted fields that changed since the base version, to something else."""
    now = values_of(mine, row)
    then: Mapping[str, Raw] = {} if base is None else values_of(mine, base)
    return {
        key: Clash(then.get(key), now[key], value)
        for key, value in wanted.items()
        if value != now[key] and (base is None or then[key] != now[key])
    }


def _row_clashes(
    uow: UnitOfWork,
    tables: Tables,
    mine: EntityTables,
    row: Row[Any],
    values: RowValues,
    *,
    base: Row[Any] | None,
) -> dict[str, Clash]:
    """The same of child tables and lists, whose rows are submitted whole."""
    clashes: dict[str, Clash] = {}
    for key in mine.children.keys() & values.keys():
        child = tables[mine.children[key]]
        given = [
            {k: v for k, v in each.items() if k in child.fields}
            for each in child_rows(mine, key, values)
        ]
        now = rows_then(uow, child, row.id)
        then = [] if base is None else rows_then(uow, child, row.id, rev=base.rev_from)
        if (base is None or then != now) and not _are(given, now):
            clashes[key] = Clash(then, now, given)
    return clashes


def _are(given: Sequence[Mapping[str, Any]], now: Sequence[Mapping[str, Any]]) -> bool:
    """Whether the rows given are the rows that are there, as far as they say."""
    return len(given) == len(now) and all(
        each.items() <= there.items() for each, there in zip(given, now, strict=True)
    )


def _update_children(
    uow: UnitOfWork,
    tables: Tables,
    mine: EntityTables,
    row: Row[Any],
    values: RowValues,
    *,
    children: Sequence[str],
    stamp: Stamp,
) -> tuple[Change, ...]:
    below: tuple[Change, ...] = ()
    for key in children:
        changes = write_children(
            uow,
            tables[mine.children[key]],
            {row.id: child_rows(mine, key, values)},
            parents={row.id: row.uid},
            fresh=False,
            stamp=stamp,
        )
        below += changes.get(row.id, ())
    return below


def _bump_parents(
    uow: UnitOfWork, tables: Tables, mine: EntityTables, *, ids: Sequence[int], stamp: Stamp
) -> None:
    """A child row written on its own is a new version of its record too."""
    if mine.parent is None:
        return
    owner = tables[mine.parent]
    parents = parents_of(uow, mine, ids)
    if len(lock_rows(uow, owner, parents)) != len(parents):
        raise BadValueError(mine.name, "parent_id", "there is no such record")
    fresh = [id_ for id_ in parents if id_ not in uow.bumped.get(owner.name, frozenset())]
    write_changed(uow, owner, fresh, columns={}, constants={}, stamp=stamp)
