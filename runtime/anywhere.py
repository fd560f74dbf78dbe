"""Pointers to records of any of several entities: who may follow them and what they are called."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from builder.fields.any_reference import parts, pointer_to
from runtime.lookups import display_path, display_text, read, readable_ids
from store.query import Query

if TYPE_CHECKING:
    from collections.abc import Iterable

    from runtime.context import Context


def within_reach(ctx: Context, pointers: Iterable[str]) -> frozenset[str]:
    """Those that lead to records the actor can read."""
    return frozenset(
        pointer_to(entity, uid)
        for entity, uids in _by_entity(ctx, pointers).items()
        for uid in readable_ids(ctx, entity, uids)
    )


def called(ctx: Context, pointers: Iterable[str]) -> dict[str, str]:
    """What the records are called, for those the actor can read."""
    found: dict[str, str] = {}
    for entity, uids in _by_entity(ctx, pointers).items():
        path = display_path(ctx, ctx.catalog.entity(entity))
        if path is None:
            continue
        for row in read(ctx, Query(entity, select=(path,), uids=tuple(uids))).rows:
            found[pointer_to(entity, row["uid"])] = display_text(ctx, entity, path, row[path])
    return found


def written(ctx: Context, pointers: Iterable[str]) -> dict[str, str]:
    """The same with the kind of record before it, as it stands in a table file."""
    names = called(ctx, pointers)
    return {raw: f"{kind_of(ctx, parts(raw)[0])}: {name}" for raw, name in names.items()}


def kind_of(ctx: Context, entity: str) -> str:
    """What records of the entity are called in the actor's language."""
    label = ctx.catalog.entity(entity).label
    return label.get(ctx.actor.language) or label.get("zh-CN") or label.get("en") or entity


def _by_entity(ctx: Context, pointers: Iterable[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for entity, uid in sorted({parts(raw) for raw in pointers}):
        if entity in ctx.catalog.entities:  # it may have been taken away since
            found[entity].append(uid)
    return found
