"""The trash: see what was deleted, bring it back, or forget it for good."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from builder.fields.any_reference import pointer_to
from dsl.diagnostics import Diagnostic
from dsl.values import format_datetime
from runtime import records
from runtime.clock import SECOND
from runtime.decide.forms import in_both
from runtime.errors import Invalid, NotFound
from runtime.lists import readable, told
from runtime.lookups import POINTING, read
from runtime.org import require, require_admin
from runtime.read import record_items, selected
from runtime.values import target_of
from runtime.viewing import note_views
from store import record_purge
from store.query import Query

if TYPE_CHECKING:
    from builder.model.entity import Entity
    from runtime.context import Context

Json = dict[str, Any]
KEEP_US = 30 * 24 * 3600 * SECOND  # in the trash at least so long, or the administrator insists


def list_trash(ctx: Context, name: str, *, limit: int = 50, cursor: str | None = None) -> Json:
    """What the actor could read and may bring back, last deleted first."""
    entity = readable(ctx, name)
    require(ctx, name, "delete")
    wanted = Query(
        name,
        select=(*selected(ctx, entity), "updated_at", "updated_by"),
        order=(("updated_at", "desc"),),
        limit=limit,
        cursor=cursor,
        deleted=True,
    )
    with told():
        page = read(ctx, wanted)
    note_views(ctx, entity, page.rows)
    items = [
        {
            **item,
            "deleted_at": format_datetime(int(row["updated_at"])),
            "deleted_by": row["updated_by"],
        }
        for item, row in zip(record_items(ctx, entity, page.rows), page.rows, strict=True)
    ]
    return {"items": items, "next": page.next_cursor}


def bring_back(ctx: Context, name: str, uid: str) -> None:
    """Take a record out of the trash, as it was."""
    readable(ctx, name)
    require(ctx, name, "delete")
    records.bring_back(ctx, name, int(_trashed(ctx, name, uid)["id"]))


def purge(ctx: Context, name: str, uid: str, *, at_once: bool = False) -> None:
    """Forget a record for good, its history and comments too; the audit log says that it was.

    Raises:
        Invalid: it is in the trash for too short a time, or another record points to it.
    """
    require_admin(ctx)
    entity = readable(ctx, name)
    row = _trashed(ctx, name, uid)
    if not at_once and int(row["updated_at"]) > ctx.now - KEEP_US:
        raise Invalid(Diagnostic("RUN220", {"days": str(KEEP_US // (24 * 3600 * SECOND))}))
    for other, key, value in _pointers(ctx, entity, row):
        if record_purge.pointing_at(ctx.uow, ctx.tables[other.name], key, [value]):
            args = in_both("entity", other.label, other.name)
            raise Invalid(Diagnostic("RUN221", args))
    record_purge.purge(ctx.uow, ctx.tables, name, [int(row["id"])], stamp=records.stamp(ctx))


def _trashed(ctx: Context, name: str, uid: str) -> Json:
    wanted = Query(name, select=("updated_at",), uids=(uid,), deleted=True)
    found = read(ctx, wanted).rows
    if not found:
        raise NotFound(f"{name} {uid[:64]}")
    return found[0]


def _pointers(ctx: Context, entity: Entity, row: Json) -> list[tuple[Entity, str, int | str]]:
    """The fields of other records that can point to the entity, with what they would hold."""
    here: dict[bool, int | str] = {True: int(row["id"]), False: pointer_to(entity.name, row["uid"])}
    return [
        (other, item.key, here[item.type in POINTING])
        for other in ctx.catalog.entities.values()
        if other.name in ctx.tables.entities
        for item in other.fields
        if (item.type in POINTING and item.formula is None and target_of(item) == entity.name)
        or entity.name in item.entities
    ]
