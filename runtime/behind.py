"""List the records behind an input of a number, masked by what the viewer may see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from builder.paths import Reached, follow
from dsl.values import format_value
from runtime.decide.dependencies import input_paths
from runtime.lookups import displays, is_seen
from runtime.lookups import read as read_as_viewer
from runtime.measuring import leaf_query
from runtime.reading import read_ids
from runtime.viewing import note_views
from store import leaves
from store.query import Query

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from builder.compiled import CompiledInput, CompiledMetric
    from builder.model.entity import Entity
    from dsl.types import Type
    from runtime.context import Context
    from store.measurements import Pair

POINTERS = frozenset({"reference", "person", "department"})


@dataclass(frozen=True, slots=True)
class Column:
    """One field shown of each record; `path` is read, `key` names it."""

    key: str
    label: Mapping[str, str]
    path: str
    type: Type


@dataclass(frozen=True, slots=True)
class RecordBehind:
    """One record as it was known; a masked one only says that it is there."""

    masked: bool
    uid: str | None = None
    version: int | None = None
    display: str | None = None
    values: Mapping[str, str | None] | None = None
    origin_kind: str | None = None
    origin_source: str | None = None
    origin_run: int | None = None
    changed_since: bool = False


@dataclass(frozen=True, slots=True)
class Behind:
    """A page of the records of one input; columns out of sight are counted, not named."""

    entity: str
    columns: tuple[Column, ...]
    hidden_columns: int
    records: tuple[RecordBehind, ...]
    total: int


def records_behind(
    ctx: Context,
    compiled: CompiledMetric,
    item: CompiledInput,
    *,
    pair: Pair,
    as_of: int,
    page: tuple[int, int],
) -> Behind:
    """The records counted for one subject and period, as known at a change number."""
    subject, period = pair
    entity = ctx.catalog.entity(item.input.entity)
    query = leaf_query(
        ctx, compiled, item, periods=(period, period), subjects=[subject], as_of=as_of
    )
    limit, offset = page
    ids, total = leaves.record_ids(ctx.uow, query, limit=limit, offset=offset)
    columns, hidden = _columns(ctx, item)
    system = () if entity.system else ("origin_kind", "origin_source", "origin_run")
    select = (*(column.path for column in columns), *system)
    shown = read_as_viewer(ctx, Query(entity.name, select, ids=ids, as_of=as_of)).rows
    note_views(ctx, entity, shown)
    rows = {int(row["id"]): row for row in shown}
    versions = {int(r["id"]): r["version"] for r in read_ids(ctx, entity.name, ids, ())}
    names = displays(ctx, entity.name, list(rows))
    return Behind(
        entity=entity.name,
        columns=columns,
        hidden_columns=hidden,
        records=tuple(
            _record(rows.get(each), columns, names.get(each), now=versions.get(each))
            for each in ids
        ),
        total=total,
    )


def _record(
    row: Mapping[str, Any] | None,
    columns: Sequence[Column],
    display: str | None,
    *,
    now: int | None,
) -> RecordBehind:
    if row is None:
        return RecordBehind(masked=True)
    return RecordBehind(
        masked=False,
        uid=row["uid"],
        version=row["version"],
        display=display,
        values={column.key: format_value(row[column.path], column.type) for column in columns},
        origin_kind=row.get("origin_kind", "system"),
        origin_source=row.get("origin_source"),
        origin_run=row.get("origin_run"),
        changed_since=now != row["version"],  # None: it is in the trash
    )


def _columns(ctx: Context, item: CompiledInput) -> tuple[tuple[Column, ...], int]:
    """What the input reads of a record, and how it is called; and how much of it is hidden."""
    entity = ctx.catalog.entity(item.input.entity)
    paths = dict.fromkeys((entity.display, *input_paths(item)))
    columns = [column for path in paths if (column := _column(ctx, entity, path)) is not None]
    seen = [column for column in columns if is_seen(ctx, entity.name, column.path)]
    return tuple(seen), len(columns) - len(seen)


def _column(ctx: Context, entity: Entity, path: str) -> Column | None:
    reached = follow(ctx.catalog.entities, entity.name, path)
    if not isinstance(reached, Reached) or reached.field is None:
        return None
    field, owner = reached.field, path.rpartition(".")[0]
    if field.rows is not None:
        return None
    if field.type in POINTERS and field.entity is not None:  # shown by the name of its target
        target = ctx.catalog.entity(field.entity)
        kind = ctx.catalog.field_type(target.name, target.display)
        return Column(path, field.label, f"{path}.{target.display}", kind)
    held_by = follow(ctx.catalog.entities, entity.name, owner)
    holder = held_by.entity if isinstance(held_by, Reached) and owner else entity.name
    return Column(path, field.label, path, ctx.catalog.field_type(holder or "", field.key))
