"""Saved views: a list as somebody wants to see it again, for himself or for roles.

A view is only a wish: whoever opens it sees what his own rights show. One that needs a field he
does not see is not offered to him.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from dsl.diagnostics import Diagnostic
from dsl.values import format_datetime
from runtime.errors import Conflicting, Invalid, NotAllowed, NotFound
from runtime.filters import known_path
from runtime.lists import Listing, group_keys, measures_of, readable
from store import views
from store.views import View

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from builder.model.entity import Entity
    from runtime.context import Context

Json = dict[str, Any]


def list_views(ctx: Context, entity: str) -> list[Json]:
    """One's own views and those shared with one's roles, as far as one sees their fields."""
    known = readable(ctx, entity)
    return [
        _json(ctx, view)
        for view in views.of_entity(ctx.uow, entity)
        if _has(ctx, view) and _is_usable(ctx, known, view.document)
    ]


def save_view(
    ctx: Context, entity: str, name: str, document: Mapping[str, Any], roles: Sequence[str] = ()
) -> Json:
    """Keep a view; only an administrator shares one with roles that are not his own.

    Raises:
        Invalid: the view asks for what its owner does not see, or its name is taken.
    """
    known = readable(ctx, entity)
    _check(ctx, known, document)
    view = View(
        uid=ctx.new_uid(),
        entity=entity,
        name=name,
        owner=ctx.actor.name,
        roles=_roles(ctx, roles),
        document=dict(document),
        version=1,
        at=ctx.now,
    )
    if not views.put(ctx.uow, view):
        raise _taken(name)
    return _json(ctx, view)


def change_view(
    ctx: Context,
    uid: str,
    *,
    name: str,
    document: Mapping[str, Any],
    roles: Sequence[str],
    base_version: int,
) -> Json:
    """Replace a view; only its owner.

    Raises:
        Conflicting: it is not the version that was seen.
    """
    found = _own(ctx, uid)
    _check(ctx, readable(ctx, found.entity), document)
    changed = replace(
        found,
        name=name,
        document=dict(document),
        roles=_roles(ctx, roles),
        version=base_version,
        at=ctx.now,
    )
    if views.name_is_taken(ctx.uow, changed):
        raise _taken(name)
    if not views.replace(ctx.uow, changed):
        raise Conflicting(Diagnostic("RUN225"), {"version": found.version})
    return _json(ctx, replace(changed, version=base_version + 1))


def remove_view(ctx: Context, uid: str) -> None:
    """Forget a view: its owner, or an administrator."""
    views.remove(ctx.uow, _own(ctx, uid).uid)


def _own(ctx: Context, uid: str) -> View:
    found = views.by_uid(ctx.uow, uid)
    if found is None or not _has(ctx, found):
        raise NotFound(f"view {uid[:64]}")
    if found.owner != ctx.actor.name and not ctx.actor.admin:
        raise NotAllowed("view")
    return found


def _has(ctx: Context, view: View) -> bool:
    mine = view.owner == ctx.actor.name or ctx.actor.admin
    return mine or not set(view.roles).isdisjoint(ctx.actor.roles)


def _is_usable(ctx: Context, entity: Entity, document: Mapping[str, Any]) -> bool:
    try:
        _check(ctx, entity, document)
    except Invalid:
        return False
    return True


def _check(ctx: Context, entity: Entity, document: Mapping[str, Any]) -> None:
    """Refuse a view that asks for what its reader does not see."""
    listing = listing_of(document)
    found = listing.query(ctx, entity)
    if found.where is not None:
        for path in found.where.needs.paths:
            known_path(ctx, entity, path, pointer="/document/filter")
    for n, key in enumerate(document.get("columns", ())):
        known_path(ctx, entity, key, pointer=f"/document/columns/{n}")
    group_keys(ctx, entity, ",".join(document.get("group", ())))
    measures_of(ctx, entity, ",".join(document.get("measures", ())))


def listing_of(document: Mapping[str, Any]) -> Listing:
    """What a view asks of a list."""
    return Listing(
        where=document.get("filter"),
        match=document.get("match", ()),
        q=document.get("q", ""),
        sort=document.get("sort"),
    )


def _roles(ctx: Context, roles: Sequence[str]) -> tuple[str, ...]:
    wanted = tuple(dict.fromkeys(roles))
    strange = [role for role in wanted if role not in ctx.catalog.roles]
    if strange:
        raise Invalid(Diagnostic("RUN306", {"role": strange[0][:80]}, pointer="/roles"))
    if not ctx.actor.admin and not set(wanted) <= set(ctx.actor.roles):
        raise NotAllowed("share")
    return wanted


def _taken(name: str) -> Invalid:
    return Invalid(Diagnostic("RUN224", {"name": name}, pointer="/name"))


def _json(ctx: Context, view: View) -> Json:
    return {
        "uid": view.uid,
        "name": view.name,
        "entity": view.entity,
        "document": dict(view.document),
        "roles": list(view.roles),
        "mine": view.owner == ctx.actor.name,
        "version": view.version,
        "at": format_datetime(view.at),
    }
