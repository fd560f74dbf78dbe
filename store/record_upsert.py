"""Insert or update a batch by business key; what did not change is not written."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select, tuple_

from dsl.types import Raw
from store import bulk
from store.column_types import STORAGE_TYPES, alive
from store.errors import BadValueError
from store.record_changes import Change, Upserted
from store.record_children import write_children
from store.record_values import RowValues, checked_columns, child_rows, keys_of
from store.record_writes import Stamp, note, values_of, write_changed, write_new
from store.rows import by_name

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from sqlalchemy import Row

    from store.record_tables import EntityTables, Tables
    from store.unit import UnitOfWork

_UPSERT_LOCK = 0x706C7570  # first half of the advisory lock; the entity's number is the second
Key = tuple[Raw, ...]


@dataclass(slots=True)
class _Batch:
    """The rows of one call, each business key once, beside what is stored."""

    mine: EntityTables
    keys: list[str]
    children: list[str]
    rows: dict[Key, dict[str, Any]]
    places: dict[Key, int]
    stored: dict[Key, Row[Any]]
    new: list[Key] = field(default_factory=list)
    changed: list[Key] = field(default_factory=list)
    refused: list[int] = field(default_factory=list)
    incomplete: list[int] = field(default_factory=list)

    def leave_out(self, needs: Collection[str]) -> None:
        """Forget rows that would be new records without a field they need."""
        for key in [key for key in self.rows if key not in self.stored]:
            if any(self.rows[key].get(need) is None for need in needs):
                del self.rows[key]
                self.incomplete.append(self.places[key])

    def sort_out(self) -> None:
        """Which rows are new and which differ in a field."""
        names = {key: self.mine.column(key).name for key in self.keys}
        for key, row in self.rows.items():
            stored = self.stored.get(key)
            if stored is None:
                self.new.append(key)
                continue
            old = by_name(stored)
            if any(row[k] != old[names[k]] for k in self.keys if k in row):
                if self.mine.log:
                    self.refused.append(self.places[key])
                else:
                    self.changed.append(key)


@dataclass(frozen=True, slots=True)
class Fresh:
    """What a record needs to be made: fields that must be there, and what completes its row."""

    needs: Collection[str] = ()
    complete: Callable[[Sequence[RowValues]], Sequence[RowValues]] | None = None


NOTHING = Fresh()


def upsert_many(
    uow: UnitOfWork,
    tables: Tables,
    entity: str,
    *,
    key: tuple[str, ...],
    rows: Sequence[RowValues],
    new_uid: Callable[[], str],
    stamp: Stamp,
    fresh: Fresh = NOTHING,
) -> Upserted:
    """Write the rows whose `key` fields name no current record, or one that differs.

    The same key twice in a batch: the later row's fields win. `fresh` says what new records
    need.
    """
    mine = tables[entity]
    if mine.parent is not None:
        raise BadValueError(entity, "", "child rows are written with their record")
    if not rows:
        return Upserted((), 0)
    batch = _load(uow, mine, key, rows)
    batch.leave_out(fresh.needs)
    batch.sort_out()
    if fresh.complete is not None and batch.new:
        complete = fresh.complete([batch.rows[name] for name in batch.new])
        batch.rows.update((name, dict(row)) for name, row in zip(batch.new, complete, strict=True))
    inserts = _insert(uow, batch, new_uid=new_uid, stamp=stamp)
    updates = _update(uow, batch, stamp=stamp)
    changes = _with_children(uow, tables, batch, inserts=inserts, updates=updates, stamp=stamp)
    note(uow, mine, "insert", ids=[c.id for c in inserts.values()], stamp=stamp)
    written = [c.id for c in changes if c.before is not None]
    note(uow, mine, "update", ids=written, fields=batch.keys, stamp=stamp)
    left_out = len(batch.refused) + len(batch.incomplete)
    unchanged = len(rows) - len(changes) - left_out
    return Upserted(changes, unchanged, tuple(batch.refused), tuple(batch.incomplete))


def _load(
    uow: UnitOfWork, mine: EntityTables, key: tuple[str, ...], rows: Sequence[RowValues]
) -> _Batch:
    keys, children = keys_of(mine, rows)
    checked_columns(mine, rows, keys)
    merged: dict[Key, dict[str, Any]] = {}
    places: dict[Key, int] = {}
    for place, row in enumerate(rows):
        name = tuple(row.get(part) for part in key)
        if None in name:
            raise BadValueError(mine.name, key[name.index(None)], "part of the key is empty")
        merged.setdefault(name, {}).update(row)  # type: ignore[arg-type]  # key fields are scalars
        places[name] = place  # type: ignore[index]
    return _Batch(mine, keys, children, merged, places, _stored(uow, mine, key, list(merged)))


def _stored(
    uow: UnitOfWork, mine: EntityTables, key: tuple[str, ...], names: Sequence[Key]
) -> dict[Key, Row[Any]]:
    if uow.dialect == "postgresql":  # two batches with the same new key must not both insert it
        uow.execute(select(func.pg_advisory_xact_lock(_UPSERT_LOCK, mine.number)))
    current = mine.current
    columns = [mine.column(part) for part in key]
    given = bulk.relation(
        uow,
        "given",
        {
            column.name: (STORAGE_TYPES[column.storage], [name[n] for name in names])
            for n, column in enumerate(columns)
        },
    )
    names_in = tuple_(*(current.c[c.name] for c in columns))
    chosen = (
        select(current)
        .where(alive(current), names_in.in_(select(*(given.c[c.name] for c in columns))))
        .order_by(current.c.id)
        .with_for_update()
    )
    stored: dict[Key, Row[Any]] = {}
    for row in uow.execute(chosen):
        stored.setdefault(tuple(by_name(row)[c.name] for c in columns), row)
    return stored


def _insert(
    uow: UnitOfWork, batch: _Batch, *, new_uid: Callable[[], str], stamp: Stamp
) -> dict[Key, Change]:
    if not batch.new:
        return {}
    mine = batch.mine
    rows = [batch.rows[key] for key in batch.new]
    ids = bulk.next_ids(uow, mine.current, len(rows))
    uids = [new_uid() for _ in rows]
    columns = checked_columns(mine, rows, keys_of(mine, rows)[0])
    write_new(uow, mine, columns, ids=ids, uids=uids, stamp=stamp)
    return {
        key: Change(mine.name, id_, uid, None, {k: row.get(k) for k in mine.fields})
        for key, id_, uid, row in zip(batch.new, ids, uids, rows, strict=True)
    }


def _update(uow: UnitOfWork, batch: _Batch, *, stamp: Stamp) -> dict[Key, Change]:
    if not batch.changed:
        return {}
    mine = batch.mine
    stored = [batch.stored[key] for key in batch.changed]
    before = [values_of(mine, row) for row in stored]
    after: list[dict[str, Raw]] = [
        {**old, **{k: v for k, v in batch.rows[key].items() if k in old}}
        for key, old in zip(batch.changed, before, strict=True)
    ]
    columns = checked_columns(mine, after, batch.keys)
    ids = [row.id for row in stored]
    write_changed(uow, mine, ids, columns=columns, constants={}, stamp=stamp)
    return {
        key: Change(mine.name, row.id, row.uid, was, now)
        for key, row, was, now in zip(batch.changed, stored, before, after, strict=True)
    }


def _with_children(
    uow: UnitOfWork,
    tables: Tables,
    batch: _Batch,
    *,
    inserts: Mapping[Key, Change],
    updates: Mapping[Key, Change],
    stamp: Stamp,
) -> tuple[Change, ...]:
    """Write the child rows too; a record is changed when only its child rows are."""
    changes: dict[Key, Change] = {**inserts, **updates}
    below: dict[Key, tuple[Change, ...]] = {}
    for key in batch.children:
        child = tables[batch.mine.children[key]]
        for fresh in (True, False):
            owners = {name: _owner(batch, inserts, name) for name in batch.rows}
            part = {
                name: owner
                for name, owner in owners.items()
                if (name in inserts) is fresh and key in batch.rows[name]
            }
            written = write_children(
                uow,
                child,
                {o[0]: child_rows(batch.mine, key, batch.rows[n]) for n, o in part.items()},
                parents=dict(part.values()),
                fresh=fresh,
                stamp=stamp,
            )
            for name, (id_, _) in part.items():
                below[name] = below.get(name, ()) + written.get(id_, ())
    only_below = [n for n, each in below.items() if each and n not in changes]
    stored = [batch.stored[name] for name in only_below]
    ids = [row.id for row in stored]
    write_changed(uow, batch.mine, ids, columns={}, constants={}, stamp=stamp)
    for name, row in zip(only_below, stored, strict=True):
        same = values_of(batch.mine, row)
        changes[name] = Change(batch.mine.name, row.id, row.uid, same, same)
    return tuple(
        Change(c.entity, c.id, c.uid, c.before, c.after, below.get(name, ()))
        for name, c in changes.items()
    )


def _owner(batch: _Batch, inserts: Mapping[Key, Change], name: Key) -> tuple[int, str]:
    if name in inserts:
        return inserts[name].id, inserts[name].uid
    return batch.stored[name].id, batch.stored[name].uid
