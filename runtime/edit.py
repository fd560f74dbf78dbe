"""Create, change and delete single records for a client, by the rules that hold for all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from runtime import records, transfers
from runtime.describe import known_entity
from runtime.errors import Conflicting
from runtime.filling import fill_in
from runtime.lookups import one_id
from runtime.org import require
from runtime.standing import standing
from runtime.values import dump_rows, parse

if TYPE_CHECKING:
    from builder.model.entity import Entity
    from runtime.context import Context
    from store.record_changes import Change


SIDES = ("base", "theirs", "mine")


def create_record(ctx: Context, name: str, values: Mapping[str, object]) -> str:
    """Insert one record; its uid.

    Raises:
        Invalid: with every problem at its field.
    """
    entity = known_entity(ctx, name)
    require(ctx, name, "create")
    filled = fill_in(ctx, standing(ctx, entity), values, action="create")
    (change,) = records.create(ctx, name, [filled.values])
    return change.uid


def change_record(
    ctx: Context,
    name: str,
    uid: str,
    values: Mapping[str, object],
    *,
    base_version: int | None,
    form: str | None = None,
) -> Change:
    """Change some fields of a record, by the rules of the form named or of the entity's own.

    Raises:
        Invalid: with every problem at its field.
        Conflicting: a submitted field was changed since the base version; both values are in it.
    """
    entity = known_entity(ctx, name)
    require(ctx, name, "update")
    record_id = one_id(ctx, name, uid)
    parsed = parse(ctx, entity, values, action="update")
    transfers.check_own(ctx, name, record_id, parsed)
    try:
        return records.change(ctx, name, record_id, parsed, base_version=base_version, form=form)
    except Conflicting as conflict:
        raise _both_values(ctx, entity, conflict) from conflict


def delete_record(ctx: Context, name: str, uid: str) -> None:
    """Put a record into the trash."""
    known_entity(ctx, name)
    require(ctx, name, "delete")
    records.remove(ctx, name, one_id(ctx, name, uid))


def _both_values(ctx: Context, entity: Entity, conflict: Conflicting) -> Conflicting:
    """The conflict with its values as JSON."""
    fields = conflict.details.get("fields")
    clashes = fields if isinstance(fields, Mapping) else {}
    sides = {
        side: dump_rows(ctx, entity, [{key: clash[side] for key, clash in clashes.items()}])[0]
        for side in SIDES
    }
    shown = {key: {side: sides[side].get(key) for side in SIDES} for key in clashes}
    return Conflicting(conflict.problems[0], {**conflict.details, "fields": shown})
