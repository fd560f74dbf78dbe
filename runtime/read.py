"""Read records for a client: lists, one record, its history; only what the actor may see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING, Any

from builder.fields.region import written
from builder.model.entity import VALUE
from dsl.values import format_datetime
from runtime.anywhere import called
from runtime.errors import NotFound
from runtime.files import FILES
from runtime.filters import known_path
from runtime.left_behind import left_behind
from runtime.lists import ALL, Listing, readable, told
from runtime.lookups import POINTING, display_path, displays, one_id, read, texts_of, uids_of
from runtime.org import hidden_of
from runtime.values import dump_rows, target_of
from runtime.versions import with_changes
from runtime.viewing import note_views
from store import files, query
from store.child_rows import rows_at
from store.errors import NotFoundError
from store.query import EVERYTHING, MASKED, Query

if TYPE_CHECKING:
    from builder.model.entity import Entity
    from runtime.context import Context

Json = dict[str, Any]
Rows = Sequence[Mapping[str, Any]]
MAX_PAGE = 500


def list_records(
    ctx: Context,
    name: str,
    listing: Listing = ALL,
    *,
    limit: int = 50,
    cursor: str | None = None,
    columns: Sequence[str] | None = None,
) -> Json:
    """One page of the records the actor may see, with all fields or some columns.

    Raises:
        Invalid: the filter, the order or the cursor is wrong.
    """
    entity = readable(ctx, name)
    wanted = replace(
        listing.query(ctx, entity),
        select=selected(ctx, entity, columns),
        limit=min(max(limit, 1), MAX_PAGE),
        cursor=cursor or None,
    )
    with told():
        page = read(ctx, wanted)
    note_views(ctx, entity, page.rows)
    return {"items": record_items(ctx, entity, page.rows), "next": page.next_cursor}


def get_record(ctx: Context, name: str, uid: str) -> Json:
    """One record with its child rows."""
    entity = readable(ctx, name)
    wanted = (*selected(ctx, entity), *_children(ctx, entity))
    page = read(ctx, Query(name, select=wanted, uids=(uid,)))
    if not page.rows:
        raise NotFound(f"{name} {uid[:64]}")
    note_views(ctx, entity, page.rows)
    return record_items(ctx, entity, page.rows)[0]


def record_history(ctx: Context, name: str, uid: str) -> Json:
    """Every version of a record with who, when and whence, oldest first."""
    entity = readable(ctx, name)
    record_id = one_id(ctx, name, uid)
    try:
        versions = query.history(
            ctx.uow, ctx.scope, ctx.tables, ctx.catalog, name, record_id, params=ctx.params
        )
    except NotFoundError as error:
        raise NotFound(f"{name} {uid[:64]}") from error
    note_views(ctx, entity, [{"id": record_id}])
    revs = [version.rev_from for version in versions]
    lists = {
        key: rows_at(ctx.uow, ctx.tables, name, key, record_id, revs=revs, scope=ctx.scope)
        for key in (*_lists(ctx, entity), *_children(ctx, entity))
    }
    rows = [
        version.values | version.masked | {key: each[n] for key, each in lists.items()}
        for n, version in enumerate(versions)
    ]
    values, names = dump_rows(ctx, entity, rows), _names(ctx, entity, rows)
    reasons = left_behind(ctx, entity, uid)
    items = [
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
    ]
    tables = frozenset(f.key for f in entity.fields if f.type == "child_table")
    return {"items": with_changes(items, tables=tables), "next": None}


def record_items(ctx: Context, entity: Entity, rows: Sequence[Mapping[str, Any]]) -> list[Json]:
    """Rows as a client gets them: values, and names for what references point to."""
    path = shown_display(ctx, entity)
    title = None if path is None else texts_of(ctx, entity.name, path)
    pointers = [
        (key, shown, texts_of(ctx, entity.name, shown))
        for key, shown in pointer_paths(ctx, entity).items()
    ]
    attached = _names_beside(ctx, entity, rows)
    return [
        {
            "uid": row["uid"],
            "version": row["version"],
            "display": "" if path is None or title is None else title(row[path]),
            "values": values,
            "display_values": {
                key: text(row[shown]) for key, shown, text in pointers if shown in row
            }
            | named,
        }
        for row, values, named in zip(rows, dump_rows(ctx, entity, rows), attached, strict=True)
    ]


def _names(ctx: Context, entity: Entity, rows: Rows) -> list[dict[str, str]]:
    """By row: the names of what its references point to, as they are now, and of its files."""
    found = _names_beside(ctx, entity, rows)
    for item in entity.fields:
        if item.type not in POINTING:
            continue
        pointed = {row[item.key] for row in rows if isinstance(row.get(item.key), int)}
        shown = displays(ctx, target_of(item) or "", pointed)
        for row, names in zip(rows, found, strict=True):
            if row.get(item.key) in shown:
                names[item.key] = shown[row[item.key]]
    return found


def _names_beside(ctx: Context, entity: Entity, rows: Rows) -> list[dict[str, str]]:
    """By row: the names of what no path of the row leads to."""
    kinds = (_file_names, _region_names, _list_names, _any_names, _row_names)
    parts = (each(ctx, entity, rows) for each in kinds)
    return [{k: v for part in row for k, v in part.items()} for row in zip(*parts, strict=True)]


def _region_names(ctx: Context, entity: Entity, rows: Rows) -> list[dict[str, str]]:
    del ctx
    keys = [item.key for item in entity.fields if item.type == "region"]
    return [{key: written(row[key]) for key in keys if row.get(key)} for row in rows]


def _any_names(ctx: Context, entity: Entity, rows: Rows) -> list[dict[str, str]]:
    """What the records are called that may be of any of several entities."""
    keys = [item.key for item in entity.fields if item.type == "any_reference"]
    names = called(ctx, {row[key] for row in rows for key in keys if row.get(key)})
    return [{key: names[row[key]] for key in keys if row.get(key) in names} for row in rows]


def _list_names(ctx: Context, entity: Entity, rows: Rows) -> list[dict[str, str]]:
    """What the records of lists are called: together at the field, each at `field.uid`."""
    named: list[dict[str, str]] = [{} for _ in rows]
    for item in entity.fields:
        if item.type != "reference_list":
            continue
        target = item.entity or ""
        lists = [[each[VALUE] for each in row.get(item.key) or ()] for row in rows]
        ids = sorted({one for each in lists for one in each})
        shown, uids = displays(ctx, target, ids), uids_of(ctx, target, ids)
        for names, own in zip(named, lists, strict=True):
            words = [(uids[one], shown.get(one, "")) for one in own if one in uids]
            names |= {f"{item.key}.{uid}": word for uid, word in words}
            names[item.key] = "、".join(word for _, word in words if word)
    return named


def _row_names(ctx: Context, entity: Entity, rows: Rows) -> list[dict[str, str]]:
    """The same of the rows of child tables, each at `table.number.field`."""
    named: list[dict[str, str]] = [{} for _ in rows]
    for item in entity.fields:
        if item.type != "child_table":
            continue
        tables = [row.get(item.key) or () for row in rows]
        below = _names(ctx, ctx.catalog.entity(item.entity or ""), list(chain(*tables)))
        found = iter(below)
        for names, table in zip(named, tables, strict=True):
            for number in range(len(table)):
                of_row = next(found)
                names |= {f"{item.key}.{number}.{key}": word for key, word in of_row.items()}
    return named


def _file_names(ctx: Context, entity: Entity, rows: Rows) -> list[dict[str, str]]:
    """By row: what its files are called."""
    keys = [item.key for item in entity.fields if item.type in FILES]
    uids = {row[key] for row in rows for key in keys if row.get(key)}
    known = {each.uid: each.name for each in files.by_uid(ctx.uow, uids)} if uids else {}
    return [{key: known[row[key]] for key in keys if row.get(key) in known} for row in rows]


def shown_display(ctx: Context, entity: Entity) -> str | None:
    """The path that names records of the entity, unless the actor may not see that field."""
    return display_path(ctx, entity)


def selected(ctx: Context, entity: Entity, columns: Sequence[str] | None = None) -> tuple[str, ...]:
    """What is read for a record: its fields, what it is called and what it points to."""
    path = shown_display(ctx, entity)
    names = () if path is None else (path,)
    pointers = pointer_paths(ctx, entity)
    if columns is None:
        return (EVERYTHING, *names, *pointers.values(), *_lists(ctx, entity))
    for n, key in enumerate(columns):
        known_path(ctx, entity, key, pointer=f"/columns/{n}")
    shown = [key for key in columns if entity.field(key) is not None]
    return (MASKED, *shown, *names, *(pointers[key] for key in shown if key in pointers))


def _lists(ctx: Context, entity: Entity) -> list[str]:
    """The list fields the actor may see: short enough to be shown in a table."""
    hidden = hidden_of(ctx, entity.name)
    return [f.key for f in entity.fields if f.listed and f.key not in hidden and not f.hidden]


def _children(ctx: Context, entity: Entity) -> list[str]:
    """The child tables the actor may see."""
    hidden = hidden_of(ctx, entity.name)
    return [
        f.key
        for f in entity.fields
        if f.owns_rows and f.listed is None and f.key not in hidden and not f.hidden
    ]


def pointer_paths(ctx: Context, entity: Entity) -> dict[str, str]:
    """By reference field: the path to the name of what it points to."""
    hidden = hidden_of(ctx, entity.name)
    paths: dict[str, str] = {}
    for item in entity.fields:
        target = ctx.catalog.entities.get(item.entity or item.type)
        if item.type not in POINTING or target is None or item.key in hidden:
            continue
        if target.display not in hidden_of(ctx, target.name):
            paths[item.key] = f"{item.key}.{target.display}"
    return paths
