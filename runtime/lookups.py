"""Find records by uid, id or name: for references, pickers and facts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from builder.fields import FIELD_TYPES
from dsl.types import Boolean
from dsl.values import format_value
from runtime.decide.binding import both
from runtime.errors import NotFound
from store import files as stored_files
from store import query
from store.business_keys import ids_by
from store.errors import HiddenFieldError
from store.query import Query, Source
from store.seen_ids import seen_ids
from store.system_scope import SYSTEM

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from builder.model.entity import Entity, Field
    from dsl.formula import Formula
    from dsl.types import Raw
    from runtime.context import Context
    from store.query import Page
    from store.scope import Scope

POINTING = frozenset({"reference", "person", "department"})
MAX_LOOKUP = 50
MAX_TEXT = 100


def read(ctx: Context, wanted: Query, *, scope: Scope | None = None) -> Page:
    """Read with the actor's scope, or with the one given."""
    return query.read(
        ctx.uow,
        ctx.scope if scope is None else scope,
        wanted,
        tables=ctx.tables,
        catalog=ctx.catalog,
        params=ctx.params,
    )


def readable_ids(ctx: Context, entity: str, uids: Sequence[str]) -> dict[str, int]:
    """The row ids of records the actor can read, by uid."""
    return seen_ids(
        ctx.uow,
        ctx.scope,
        entity,
        uids,
        tables=ctx.tables,
        catalog=ctx.catalog,
        params=ctx.params,
    )


def one_id(ctx: Context, entity: str, uid: str) -> int:
    """The row id of a record the actor can read.

    Raises:
        NotFound: it is not there, or not for the actor.
    """
    found = readable_ids(ctx, entity, [uid]).get(uid)
    if found is None:
        raise NotFound(f"{entity} {uid[:64]}")
    return found


def id_by_code(ctx: Context, entity: str, code: str) -> int:
    """The row id of the record with that business code.

    Raises:
        NotFound: there is none.
    """
    found = ids_by(ctx.uow, ctx.tables, entity, by="code", values=[code])
    if code not in found:
        raise NotFound(f"{entity} {code[:64]}")
    return found[code]


def uids_of(ctx: Context, entity: str, ids: Sequence[int]) -> dict[int, str]:
    """The uids of records by row id; a reference shows no more than that."""
    return query.id_to_uid(ctx.uow, ctx.tables, entity, ids) if ids else {}


def reachable(ctx: Context, entity: str, ids: Sequence[int], *, scope: Scope) -> frozenset[int]:
    """Which of these records lie within a scope."""
    rows = read(ctx, Query(entity, select=(), ids=tuple(ids)), scope=scope).rows
    return frozenset(int(row["id"]) for row in rows)


def facts_of(
    ctx: Context, entity: str, ids: Sequence[int], paths: Sequence[str]
) -> dict[int, Mapping[str, Raw]]:
    """What formulas need of records, by row id; formulas run as the system."""
    rows = read(ctx, Query(entity, select=tuple(paths), ids=tuple(ids)), scope=SYSTEM).rows
    return {int(row["id"]): row for row in rows}


def files_there(ctx: Context, uids: Sequence[str]) -> frozenset[str]:
    """Which uploads may be put into a record: the actor's own that no record has yet."""
    if not uids:
        return frozenset()
    found = stored_files.by_uid(ctx.uow, uids)
    own_only = ctx.actor.kind == "public_form"  # a link edits nothing, so it keeps no old file
    return frozenset(
        each.uid
        for each in found
        if (each.record_id is None or not own_only)
        and (each.uploader == ctx.actor.name or each.record_id is not None)
    )


# --- names --------------------------------------------------------------------------------
def displays(ctx: Context, entity: str, ids: Iterable[int]) -> dict[int, str]:
    """What records are called, for those the actor can read."""
    wanted = sorted(set(ids))
    if not wanted or entity not in ctx.catalog.entities:
        return {}
    path = display_path(ctx, ctx.catalog.entity(entity))
    if path is None:
        return {}
    rows = read(ctx, Query(entity, select=(path,), ids=tuple(wanted))).rows
    text = texts_of(ctx, entity, path)
    return {int(row["id"]): text(row[path]) for row in rows}


def display_path(ctx: Context, entity: Entity) -> str | None:
    """The path to the text that names a record: a display that points goes one step on.

    None when the names are out of the actor's sight.
    """
    path = _display_path(ctx, entity)
    return path if is_seen(ctx, entity.name, path) else None


def is_seen(ctx: Context, entity: str, path: str) -> bool:
    """Whether the actor sees the field at a path, and all that is in its formula."""
    item = ctx.catalog.entity(entity).field(path)
    if item is not None and item.formula is None:
        return not ctx.scope.hides(entity, path)
    source = Source(ctx.uow, ctx.tables, ctx.catalog, entity, scope=ctx.scope, params=ctx.params)
    try:
        source.column(path)
    except HiddenFieldError:
        return False
    return True


def _display_path(ctx: Context, entity: Entity) -> str:
    item = entity.field(entity.display)
    if item is None or item.type not in POINTING:
        return entity.display
    target = ctx.catalog.entity(item.entity or item.type)
    return f"{entity.display}.{target.display}"


def display_text(ctx: Context, entity: str, path: str, value: Raw) -> str:
    """A display value as text in the actor's language."""
    return texts_of(ctx, entity, path)(value)


def texts_of(ctx: Context, entity: str, path: str) -> Callable[[Raw], str]:
    """How display values of one path become text in the actor's language."""
    item = _end(ctx, entity, path)
    if item is None:
        return lambda value: "" if value is None else str(value)
    kind = FIELD_TYPES[item.type].formula_type(item)
    named = {each.id: each.label.get(ctx.actor.language) or each.id for each in item.options}

    def text(value: Raw) -> str:
        if value is None:
            return ""
        option = named.get(value) if isinstance(value, str) else None
        return option or format_value(value, kind) or ""

    return text


def look_up(
    ctx: Context, entity: str, text: str, *, limit: int = 20, where: Formula | None = None
) -> list[dict[str, Any]]:
    """Records whose display text contains `text`, for a picker; only those that fit `where`."""
    if entity not in ctx.catalog.entities:
        raise NotFound(entity)
    path = display_path(ctx, ctx.catalog.entity(entity))
    if path is None:
        return []  # nothing to choose by
    page = read(
        ctx,
        Query(
            entity,
            select=(path,),
            where=both(where, _contains(ctx, entity, path, text.strip())),
            order=((path, "asc"),),
            limit=min(max(limit, 1), MAX_LOOKUP),
        ),
    )
    shown = texts_of(ctx, entity, path)
    return [{"uid": row["uid"], "display": shown(row[path])} for row in page.rows]


def _contains(ctx: Context, entity: str, path: str, text: str) -> Formula | None:
    item = _end(ctx, entity, path)
    quoted = text[:MAX_TEXT].replace('"', '""')
    if not quoted or item is None or item.type not in ("text", "long_text"):
        return None
    return ctx.catalog.row_formula(
        f'CONTAINS({path}, "{quoted}")', entity, expect=Boolean()
    ).formula


def _end(ctx: Context, entity: str, path: str) -> Field | None:
    here: Entity | None = ctx.catalog.entities.get(entity)
    item: Field | None = None
    for segment in path.split("."):
        item = None if here is None else here.field(segment)
        if item is None:
            return None
        here = ctx.catalog.entities.get(item.entity or item.type)
    return item
