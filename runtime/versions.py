"""Versions of a record: what changed from one to the next, and going back to one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runtime import records
from runtime.decide.forms import is_blank, missing
from runtime.errors import Invalid, NotFound
from runtime.lists import readable
from runtime.lookups import one_id, read
from runtime.org import require, unwritable_of
from store import query
from store.query import Query

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from builder.model.entity import Entity
    from runtime.context import Context
    from runtime.decide.forms import Cell
    from store.record_changes import Change


def with_changes(versions: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each version with the fields that differ from the version before."""
    found = []
    before: Mapping[str, Any] = {}
    for version in versions:
        values = version["values"]
        changes = [
            {"field": key, "before": before.get(key), "after": value}
            for key, value in values.items()
            if before.get(key) != value
        ]
        found.append({**version, "changes": changes})
        before = values
    return found


def restore_version(
    ctx: Context, name: str, uid: str, number: int, *, base_version: int | None
) -> Change:
    """Make a record what it was in a version, as a new version; fields out of reach stay.

    Raises:
        NotFound: there is no such version.
        Invalid: a field that is required today was blank then.
        Conflicting: somebody changed the record since `base_version`.
    """
    entity = readable(ctx, name)
    require(ctx, name, "update")
    record_id = one_id(ctx, name, uid)
    versions = query.history(
        ctx.uow, ctx.scope, ctx.tables, ctx.catalog, name, record_id, params=ctx.params
    )
    then = next((each for each in versions if each.version == number and not each.deleted), None)
    if then is None:
        raise NotFound(f"{name} {uid[:64]} {number}")
    wanted = Query(name, select=_writable(ctx, entity), ids=(record_id,), as_of=then.rev_from)
    (row,) = read(ctx, wanted).rows
    values = {key: _cell(ctx, entity, key, row[key]) for key in wanted.select}
    blanks = [
        missing(item)
        for item in entity.fields
        if item.required and item.key in values and is_blank(values[item.key])
    ]
    if blanks:
        raise Invalid(*blanks)
    return records.change(ctx, name, record_id, values, base_version=base_version)


def _writable(ctx: Context, entity: Entity) -> tuple[str, ...]:
    """The fields the actor both sees and may change."""
    barred = unwritable_of(ctx, entity.name, "update")
    return tuple(
        item.key
        for item in entity.fields
        if item.is_filled and not item.hidden and item.key not in barred
    )


def _cell(ctx: Context, entity: Entity, key: str, value: Any) -> Cell:  # noqa: ANN401 -- a raw value or rows
    item = entity.field(key)
    if item is None or item.rows is None:
        cell: Cell = value
        return cell
    child = ctx.catalog.entity(item.rows)
    keys = [field.key for field in child.fields if field.is_filled]
    return [{each: row[each] for each in keys if each in row} for row in value]
