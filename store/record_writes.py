"""Rows into the tables of one entity, with their stamp, version and audit note."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from store import audit, bulk
from store.errors import DuplicateError
from store.rows import by_name
from store.unit import PENDING_REV

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from sqlalchemy import Row

    from dsl.types import Raw
    from store.record_tables import EntityTables
    from store.unit import Touched, UnitOfWork

EARLY_REV_FROM = 2_000  # rows; such a batch locks `head` first rather than write rows twice


@dataclass(frozen=True, slots=True)
class Origin:
    """Where values come from: by hand or from a source, in which fetch, how late."""

    kind: Literal["manual", "system", "sensor", "backfilled"] = "manual"
    source: str | None = None
    run: int | None = None  # sync_run row
    delay_us: int | None = None


@dataclass(frozen=True, slots=True)
class Stamp:
    """Who writes, when (business time) and where the values come from."""

    actor: str
    at: int
    origin: Origin = Origin()


def write_new(
    uow: UnitOfWork,
    tables: EntityTables,
    columns: Mapping[str, Sequence[Any]],
    *,
    ids: Sequence[int],
    uids: Sequence[str],
    stamp: Stamp,
) -> None:
    """Insert rows given by physical column; `ids` come from `bulk.next_ids`."""
    if not uids:
        return
    if len(uids) >= EARLY_REV_FROM:
        uow.rev()
    rev = uow.early_rev()
    constants = {
        "version": 1,
        "deleted": False,
        "created_at": stamp.at,
        "created_by": stamp.actor,
        "rev": rev,
        **_stamped(stamp),
    }
    try:
        bulk.insert_rows(uow, tables.current, {"id": ids, "uid": uids, **columns}, constants)
    except IntegrityError as error:
        raise duplicate(tables, error) from error
    _owe_version(uow, tables, ids, rev).fresh.update(ids)


def write_changed(
    uow: UnitOfWork,
    tables: EntityTables,
    ids: Sequence[int],
    *,
    columns: Mapping[str, Sequence[Any]],
    constants: Mapping[str, Any],
    stamp: Stamp,
) -> None:
    """Update rows and raise their version, once per unit of work."""
    if not ids:
        return
    if len(ids) >= EARLY_REV_FROM:
        uow.rev()
    rev = uow.early_rev()
    same = {**constants, "rev": rev, **_stamped(stamp)}
    current = tables.current
    raised = uow.bumped.get(tables.name, set())
    for bumped in (False, True):
        part = [n for n, id_ in enumerate(ids) if (id_ in raised) is bumped]
        if not part:
            continue
        try:
            bulk.update_rows(
                uow,
                current,
                [ids[n] for n in part],
                columns={name: [values[n] for n in part] for name, values in columns.items()},
                constants=same if bumped else {**same, "version": current.c.version + 1},
            )
        except IntegrityError as error:
            raise duplicate(tables, error) from error
    _owe_version(uow, tables, ids, rev)


def _owe_version(uow: UnitOfWork, tables: EntityTables, ids: Sequence[int], rev: int) -> Touched:
    touched = uow.touch(tables.name, tables.current, tables.history)
    touched.ids.update(ids)
    if rev == PENDING_REV:
        touched.pending.update(ids)
    uow.bumped.setdefault(tables.name, set()).update(ids)
    return touched


def lock_rows(uow: UnitOfWork, tables: EntityTables, ids: Collection[int]) -> dict[int, Row[Any]]:
    """The current rows by id, locked until commit."""
    current = tables.current
    statement = (
        select(current)
        .where(bulk.among(uow, current.c.id, sorted(ids)))
        .order_by(current.c.id)  # all units lock in the same order
        .with_for_update()
    )
    return {row.id: row for row in uow.execute(statement)}


def values_of(tables: EntityTables, row: Row[Any]) -> dict[str, Raw]:
    """The fields of a row by key."""
    mapping = by_name(row)
    return {key: mapping[column.name] for key, column in tables.fields.items()}


def note(
    uow: UnitOfWork,
    tables: EntityTables,
    verb: str,
    *,
    ids: Collection[int],
    fields: Sequence[str] = (),
    stamp: Stamp,
) -> None:
    """The audit row of one call: which records and fields; the values are in the history."""
    if not ids:
        return
    detail: dict[str, Any] = {"ids": _ranges(ids)}
    if fields:
        detail["fields"] = list(fields)
    if stamp.origin.kind != "manual":
        detail["origin"] = [stamp.origin.kind, stamp.origin.source, stamp.origin.run]
    audit.append(
        uow,
        actor=stamp.actor,
        action=f"record.{verb}",
        target=tables.name,
        detail=detail,
        at=stamp.at,
    )


def duplicate(tables: EntityTables, error: IntegrityError) -> Exception:
    """The unique key that stands in the way, as fields."""
    text = str(error.orig)
    if "unique" not in text.lower():
        return error
    diagnosis = getattr(error.orig, "diag", None)  # PostgreSQL names the index
    text = str(diagnosis.constraint_name) if diagnosis is not None else text
    keys = [key for key, column in tables.fields.items() if _names(text, column.name)]
    return DuplicateError(tables.name, *(keys or ["uid"]))


def _names(text: str, column: str) -> bool:
    words = text.replace(".", " ").replace(",", " ").replace('"', " ").replace("_", " ")
    return column in words.split()


def _stamped(stamp: Stamp) -> dict[str, Any]:
    return {
        "updated_at": stamp.at,
        "updated_by": stamp.actor,
        "origin_kind": stamp.origin.kind,
        "origin_source": stamp.origin.source,
        "origin_run": stamp.origin.run,
        "origin_delay_us": stamp.origin.delay_us,
    }


def _ranges(ids: Collection[int]) -> list[list[int]]:
    """Ids as [first, last] runs: a batch of new rows is one run."""
    ranges: list[list[int]] = []
    for id_ in sorted(ids):
        if ranges and ranges[-1][1] == id_ - 1:
            ranges[-1][1] = id_
        else:
            ranges.append([id_, id_])
    return ranges
