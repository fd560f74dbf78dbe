"""Who looked at whose personal data: noted as people read, shown to the person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dsl.values import format_datetime
from runtime.lookups import facts_of, read
from store import view_log
from store.query import Query
from store.scope import Leads, Scope
from store.view_log import View

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from builder.model.entity import Entity
    from runtime.context import Context

MOST_OWN = 5_000  # records of one person whose views are looked up
MOST_SHOWN = 200
EXPORT = "export"  # the purpose of what leaves the house


def note_views(
    ctx: Context,
    entity: Entity,
    rows: Sequence[Mapping[str, Any]],
    *,
    purpose: str | None = None,
) -> None:
    """The actor has read these records: note those with personal data of somebody else.

    What leaves the house has a `purpose`, and is noted beside an earlier look.
    """
    if ctx.views is None or ctx.actor.kind not in {"user", "token"} or not rows:
        return
    if not _shows_personal(ctx, entity):
        return
    ids = [int(row["id"]) for row in rows]
    mine = _own(ctx, entity, ids)
    others = (each for each in ids if each not in mine)
    ctx.views.note([View(ctx.actor.name, entity.name, each, ctx.now, purpose) for each in others])


def views_of_me(ctx: Context) -> list[dict[str, Any]]:
    """Who looked at records about the actor, newest first; an account may be no person's."""
    if ctx.actor.person_id is None:
        return []
    return views_of(ctx, ctx.actor.person_id)


def views_of(ctx: Context, person_id: int) -> list[dict[str, Any]]:
    """Who looked at records about a person, newest first."""
    found: list[View] = []
    for entity in ctx.catalog.entities.values():
        path = owner_path(entity)
        if path is None or entity.system or not is_personal(entity):
            continue
        scope = Scope(filters={entity.name: Leads(path, frozenset({person_id}))})
        rows = read(ctx, Query(entity.name, select=(), limit=MOST_OWN), scope=scope).rows
        ids = [int(row["id"]) for row in rows]
        found += view_log.of_records(ctx.uow, entity.name, ids, limit=MOST_SHOWN)
    found.sort(key=lambda view: view.at, reverse=True)
    return [
        {
            "by": view.actor,
            "entity": view.entity,
            "label": dict(ctx.catalog.entity(view.entity).label),
            "at": format_datetime(view.at),
            "purpose": view.purpose,
        }
        for view in found[:MOST_SHOWN]
    ]


def is_personal(entity: Entity) -> bool:
    """Whether the entity has personal or sensitive fields."""
    return any(item.classification != "normal" for item in entity.fields)


def owner_path(entity: Entity) -> str | None:
    """The path from a record to the person it is about; "" is the record itself."""
    return "" if entity.name == "person" else entity.access.owner


def _shows_personal(ctx: Context, entity: Entity) -> bool:
    return any(
        item.classification != "normal" and not ctx.scope.hides(entity.name, item.key)
        for item in entity.fields
    )


def _own(ctx: Context, entity: Entity, ids: Sequence[int]) -> set[int]:
    """Which of the records are about the actor."""
    person, path = ctx.actor.person_id, owner_path(entity)
    if person is None or path is None:
        return set()
    if not path:
        return {person}
    facts = facts_of(ctx, entity.name, ids, (path,))
    return {each for each, row in facts.items() if row.get(path) == person}
