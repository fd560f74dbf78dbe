"""Say which columns of an entity are personal, and take the values out of records for good."""

from __future__ import annotations

from typing import TYPE_CHECKING

from store import erasure
from store.erasure import Cleared
from store.record_schema import ASIDE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from builder.model.entity import Entity
    from runtime.context import Context
    from store.record_tables import EntityTables, FieldColumn

Keys = frozenset[str] | None  # fields; None is every one


def clear_person(ctx: Context, name: str, ids: Sequence[int]) -> Cleared:
    """Take what is personal out of records and of the rows below them, in every version.

    Hidden and retired columns too. What a removed field was about nobody can say any more, so it
    counts as personal.
    """
    if not ids:
        return Cleared()
    mine, entity = ctx.tables[name], ctx.catalog.entities.get(name)
    keys = personal_keys(entity)
    columns = columns_of(mine, keys) + _removed(mine, entity)
    shown = None if entity is None else entity.display
    shown = next((c.key for c in columns if c.key == shown and c.type in erasure.TOLD), None)
    found = erasure.clear(ctx.uow, mine, ids, columns, shown=shown)
    for child in ctx.tables.entities.values():
        if child.parent == name:
            found |= _clear_below(ctx, child, _holder(mine, child.name), keys, ids)
    return found


def personal_keys(entity: Entity | None) -> Keys:
    """The fields that say something about a person."""
    if entity is None:
        return None
    return frozenset(item.key for item in entity.fields if item.classification != "normal")


def columns_of(mine: EntityTables, keys: Keys) -> list[FieldColumn]:
    """The columns of fields, with those they had before their type was changed."""
    columns = mine.fields.values()
    return [c for c in columns if keys is None or c.key.partition(ASIDE)[0] in keys]


def _removed(mine: EntityTables, entity: Entity | None) -> list[FieldColumn]:
    """The columns of fields that are gone."""
    if entity is None:
        return []
    known = {item.key for item in entity.fields}
    return [c for c in mine.fields.values() if c.key.partition(ASIDE)[0] not in known]


def _clear_below(
    ctx: Context, child: EntityTables, holder: str, keys: Keys, ids: Sequence[int]
) -> Cleared:
    """The same in a child table; the values of a list are dropped as a whole."""
    entity = ctx.catalog.entities.get(child.name)
    is_meant = keys is None or entity is None or holder in keys
    below = erasure.rows_below(ctx.uow, child, ids)
    if entity is not None and entity.implied:
        if is_meant:
            erasure.drop_rows(ctx.uow, child, below)
        return Cleared()
    columns = columns_of(child, None if is_meant else personal_keys(entity))
    return erasure.clear(ctx.uow, child, below, columns)


def _holder(mine: EntityTables, child: str) -> str:
    """The field of a record that holds the rows; lists are named after theirs."""
    named = (key for key, target in mine.children.items() if target == child)
    return next(named, "").partition(ASIDE)[0]
