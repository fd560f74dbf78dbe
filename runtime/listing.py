"""Lists of changes of fields for those who administer: how far, what failed, what can be undone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from builder.retyping import shown
from runtime.converting import around_of
from runtime.errors import NotFound
from runtime.org import require_admin
from runtime.reshape import fields_of, is_fresh
from store import reshape, schema_changes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runtime.context import Context
    from store.schema_changes import Failure, SchemaChange

Publication = schema_changes.Publication


@dataclass(frozen=True, slots=True)
class ListedChange:
    """One change with the types it goes between."""

    change: SchemaChange
    publication: str | None
    before: str
    after: str
    failed: int
    failed_versions: int
    can_undo: bool
    done: int | None = None  # of all rows and versions, while it goes on
    total: int | None = None


@dataclass(frozen=True, slots=True)
class ListedFailure:
    """A value that stayed behind, read from where it still is."""

    failure: Failure
    value: str
    label: Mapping[str, str]
    args: Mapping[str, str]


def publications(ctx: Context) -> list[Publication]:
    """Publications that had to wait for data, the newest first."""
    require_admin(ctx)
    return schema_changes.publications(ctx.uow)


def changes(ctx: Context) -> list[ListedChange]:
    """Changes of the types of fields, the newest first."""
    require_admin(ctx)
    uids = {each.id: each.uid for each in schema_changes.publications(ctx.uow, limit=10_000)}
    return [
        _listed(ctx, each, uids.get(each.publication_id or 0))
        for each in schema_changes.changes(ctx.uow)
    ]


def _listed(ctx: Context, change: SchemaChange, publication: str | None) -> ListedChange:
    before, after = fields_of(change)
    mine = ctx.tables.entities.get(change.entity)
    column = None if mine is None else mine.fields.get(change.key)
    current = column is not None and column.id == change.target and not column.hidden
    done, total = None, None
    if change.phase in ("current", "history") and mine is not None:
        done, total = reshape.progress(ctx.uow, ctx.tables, change)
    return ListedChange(
        change,
        publication,
        before.type,
        after.type,
        schema_changes.count_failures(ctx.uow, change.id),
        schema_changes.count_failures(ctx.uow, change.id, history=True),
        can_undo=change.phase == "switched" and current and is_fresh(change),
        done=done,
        total=total,
    )


def failures(
    ctx: Context, uid: str, *, history: bool = False, after: int = 0
) -> list[ListedFailure]:
    """What stayed behind in a change, with the value that is still in the old column."""
    require_admin(ctx)
    change = schema_changes.change_of(ctx.uow, uid)
    if change is None:
        raise NotFound(f"change {uid[:64]}")
    found = schema_changes.failures(ctx.uow, change.id, history=history, after=after)
    rows = [each.row for each in found]
    values = reshape.values_at(ctx.uow, ctx.tables, change, rows, history=history)
    before, after_field = fields_of(change)
    around = around_of(ctx, before, before, list(values.values()))
    listed = []
    for each in found:
        value = shown(before, values.get(each.row), around)
        args = {**each.args, **({"value": value[:60]} if "value" in each.args else {})}
        listed.append(ListedFailure(each, value, after_field.label, args))
    return listed
