"""Say why a version of a record shows nothing in a field: its value would not change its type."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dsl.diagnostics import Diagnostic
from runtime.decide.forms import named
from store import reshape, schema_changes

if TYPE_CHECKING:
    from builder.model.entity import Entity
    from runtime.context import Context


def left_behind(ctx: Context, entity: Entity, uid: str) -> dict[int, dict[str, str]]:
    """By the change number of a version: fields the actor sees, and why they are empty there."""
    mine = ctx.tables.entities.get(entity.name)
    found: dict[int, dict[str, str]] = {}
    for item in entity.fields if mine is not None and mine.history is not None else ():
        column = None if mine is None else mine.fields.get(item.key)
        if column is None or ctx.scope.hides(entity.name, item.key):
            continue
        change = schema_changes.switched_into(ctx.uow, column.id)
        if change is None:
            continue
        failures = schema_changes.failures_of_record(ctx.uow, change.id, uid)
        revs = reshape.revs_of(ctx.uow, ctx.tables, change, [each.row for each in failures])
        for each in failures:
            words = Diagnostic(each.code, {**named(item), **each.args}).text(ctx.actor.language)
            if each.row in revs:
                found.setdefault(revs[each.row], {})[item.key] = words
    return found
