"""Read records for a client: lists, one record, its history; only what the actor may see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from dsl.diagnostics import Diagnostic
from dsl.types import Boolean
from dsl.values import format_datetime
from runtime.describe import known_entity
from runtime.errors import Invalid, NotFound
from runtime.left_behind import left_behind
from runtime.lookups import POINTING, display_path, display_text, displays, one_id, read
from runtime.org import hidden_of, require
from runtime.values import FILES, dump_rows, target_of
from store import files, query
from store.errors import BadCursorError, HiddenFieldError, NotFoundError, UnknownNameError
from store.query import EVERYTHING, Query

if TYPE_CHECKING:
    from builder.model.entity import Entity
    from dsl.formula import Formula
    from runtime.context import Context

Json = dict[str, Any]
Rows = Sequence[Mapping[str, Any]]
Order = tuple[str, Literal["asc", "desc"]]
MAX_PAGE = 500
TIMES = frozenset({"created_at", "updated_at"})


def list_records(
    ctx: Context,
    name: str,
    *,
    where: str | None = None,
    sort: str | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> Json:
    """One page of the records the actor may see.

    Raises:
        Invalid: the filter, the order or the cursor is wrong.
    """
    entity = _readable(ctx, name)
    wanted = Query(
        name,
        select=_selected(ctx, entity),
        where=compile_filter(ctx, name, where),
        order=_order(ctx, entity, sort),
        limit=min(max(limit, 1), MAX_PAGE),
        cursor=cursor or None,
    )
    try:
        page = read(ctx, wanted)
    except BadCursorError as error:
        raise Invalid(Diagnostic("RUN208", pointer="/cursor")) from error
    except (HiddenFieldError, UnknownNameError) as error:  # a hidden field is as good as none
        field = str(error.args[-1])
        raise Invalid(Diagnostic("RUN102", {"field": field}, pointer="/filter")) from error
    return {"items": record_items(ctx, entity, page.rows), "next": page.next_cursor}


def get_record(ctx: Context, name: str, uid: str) -> Json:
    """One record with its child rows."""
    entity = _readable(ctx, name)
    hidden = hidden_of(ctx, name)
    children = tuple(
        f.key for f in entity.fields if f.type == "child_table" and f.key not in hidden
    )
    page = read(ctx, Query(name, select=(*_selected(ctx, entity), *children), uids=(uid,)))
    if not page.rows:
        raise NotFound(f"{name} {uid[:64]}")
    return record_items(ctx, entity, page.rows)[0]


def record_history(ctx: Context, name: str, uid: str) -> Json:
    """Every version of a record with who, when and whence, oldest first."""
    entity = _readable(ctx, name)
    record_id = one_id(ctx, name, uid)
    try:
        versions = query.history(
            ctx.uow, ctx.scope, ctx.tables, ctx.catalog, name, record_id, params=ctx.params
        )
    except NotFoundError as error:
        raise NotFound(f"{name} {uid[:64]}") from error
    rows = [version.values for version in versions]
    values, names = dump_rows(ctx, entity, rows), _names(ctx, entity, rows)
    reasons = left_behind(ctx, entity, uid)
    return {
        "items": [
            {
                "version": version.version,
                "rev": version.rev_from,
                "at": format_datetime(version.at),
                "by": version.by,
                "deleted": version.deleted,
                "origin": {
                    "kind": version.origin_kind,
                    "source": version.origin_source,
                    "run": version.origin_run,
                },
                "values": dumped,
                "display_values": named,
                "left_behind": reasons.get(version.rev_from, {}),
            }
            for version, dumped, named in zip(versions, values, names, strict=True)
        ],
        "next": None,
    }


def compile_filter(ctx: Context, entity: str, where: str | None) -> Formula | None:
    """The condition of a list, typed by the reader in the formula language."""
    if where is None or not where.strip():
        return None
    compiled = ctx.catalog.row_formula(where, entity, expect=Boolean())
    if compiled.formula is None:
        raise Invalid(*(problem.at(pointer="/filter") for problem in compiled.diagnostics))
    return compiled.formula


def record_items(ctx: Context, entity: Entity, rows: Sequence[Mapping[str, Any]]) -> list[Json]:
    """Rows as a client gets them: values, and names for what references point to."""
    path = shown_display(ctx, entity)
    attached = _file_names(ctx, entity, rows)
    return [
        {
            "uid": row["uid"],
            "version": row["version"],
            "display": "" if path is None else display_text(ctx, entity.name, path, row[path]),
            "values": values,
            "display_values": {
                key: display_text(ctx, entity.name, shown, row[shown])
                for key, shown in _pointer_paths(ctx, entity).items()
            }
            | named,
        }
        for row, values, named in zip(rows, dump_rows(ctx, entity, rows), attached, strict=True)
    ]


def _names(ctx: Context, entity: Entity, rows: Rows) -> list[dict[str, str]]:
    """By row: the names of what its references point to, as they are now, and of its files."""
    found = _file_names(ctx, entity, rows)
    for item in entity.fields:
        if item.type not in POINTING:
            continue
        pointed = {row[item.key] for row in rows if isinstance(row.get(item.key), int)}
        shown = displays(ctx, target_of(item) or "", pointed)
        for row, names in zip(rows, found, strict=True):
            if row.get(item.key) in shown:
                names[item.key] = shown[row[item.key]]
    return found


def _file_names(ctx: Context, entity: Entity, rows: Rows) -> list[dict[str, str]]:
    """By row: what its files are called."""
    keys = [item.key for item in entity.fields if item.type in FILES]
    uids = {row[key] for row in rows for key in keys if row.get(key)}
    known = {each.uid: each.name for each in files.by_uid(ctx.uow, uids)} if uids else {}
    return [{key: known[row[key]] for key in keys if row.get(key) in known} for row in rows]


def shown_display(ctx: Context, entity: Entity) -> str | None:
    """The path that names records of the entity, unless the actor may not see that field."""
    return None if entity.display in hidden_of(ctx, entity.name) else display_path(ctx, entity)


def _readable(ctx: Context, name: str) -> Entity:
    entity = known_entity(ctx, name)
    require(ctx, name, "read")
    return entity


def _selected(ctx: Context, entity: Entity) -> tuple[str, ...]:
    path = shown_display(ctx, entity)
    names = () if path is None else (path,)
    return (EVERYTHING, *names, *_pointer_paths(ctx, entity).values())


def _pointer_paths(ctx: Context, entity: Entity) -> dict[str, str]:
    """By reference field: the path to the name of what it points to."""
    hidden = hidden_of(ctx, entity.name)
    paths: dict[str, str] = {}
    for item in entity.fields:
        target = ctx.catalog.entities.get(item.entity or item.type)
        if item.type in POINTING and target is not None and item.key not in hidden:
            paths[item.key] = f"{item.key}.{target.display}"
    return paths


def _order(ctx: Context, entity: Entity, sort: str | None) -> tuple[Order, ...]:
    hidden = hidden_of(ctx, entity.name)
    order: list[Order] = []
    for part in (sort or "").split(","):
        key = part.strip().lstrip("-")
        if not key:
            continue
        item = entity.field(key)
        sortable = item is not None and item.type != "child_table" and key not in hidden
        if not sortable and not (key in TIMES and not entity.system):
            raise Invalid(Diagnostic("RUN207", {"field": key[:80]}, pointer="/sort"))
        order.append((key, "desc" if part.strip().startswith("-") else "asc"))
    return tuple(order)
