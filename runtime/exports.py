"""A list as a file, as far as its reader may export it: at once, or in batches when it is long."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

from builder.model.entity import VALUE
from dsl import types as t
from dsl.diagnostics import Diagnostic
from dsl.values import format_datetime, format_value
from runtime import viewing, works
from runtime.anywhere import written
from runtime.errors import Invalid, NotFound
from runtime.exchange import MEDIA_TYPES, Column, write_csv, write_table
from runtime.files import Download
from runtime.filters import known_path
from runtime.lists import Listing, readable, told
from runtime.lookups import displays, is_seen, reachable, read, texts_of
from runtime.org import entity_right, hidden_of, require, scope_for
from runtime.read import pointer_paths
from runtime.viewing import note_views
from runtime.works import Batch
from store import audit, work
from store.query import count
from store.work import Item

if TYPE_CHECKING:
    from collections.abc import Sequence

    from builder.model.entity import Entity, Field
    from dsl.types import Raw
    from runtime.context import Context
    from runtime.exchange import Format, Kind
    from store.work import Work

Json = dict[str, Any]
EXPORT = "export"
AT_ONCE = 5_000
MOST = 200_000
BATCH = 2_000
KINDS: dict[type, Kind] = {t.Number: "number", t.Date: "date", t.DateTime: "datetime"}
YES_NO = {"zh-CN": ("是", "否"), "en": ("yes", "no")}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is exported: a list, some columns of it, and how the file is written."""

    listing: Listing
    columns: tuple[str, ...] | None = None
    how: Format = "xlsx"
    bom: bool = True


def export_now(ctx: Context, name: str, wanted: Wanted) -> Download:
    """The file of a list that is not long.

    Raises:
        Invalid: it is too long for that, or names what its reader may not export.
    """
    entity, keys = _asked(ctx, name, wanted)
    acting = _exporting(ctx, name)
    if _count(acting, entity, wanted.listing, AT_ONCE + 1) > AT_ONCE:
        raise Invalid(Diagnostic("RUN235", {"limit": str(AT_ONCE)}))
    rows, _ = _rows(ctx, acting, entity, wanted.listing, keys=keys, limit=AT_ONCE, cursor=None)
    return _file(name, _columns(ctx, entity, keys), rows, how=wanted.how, bom=wanted.bom)


def start(ctx: Context, name: str, wanted: Wanted) -> Json:
    """Export in the background, page by page."""
    entity, keys = _asked(ctx, name, wanted)
    total = _count(_exporting(ctx, name), entity, wanted.listing, MOST + 1)
    if total > MOST:
        raise Invalid(Diagnostic("RUN229", {"limit": str(MOST)}))
    note(ctx, name)
    listing = wanted.listing
    request = {
        "total": total, "columns": keys, "how": wanted.how, "bom": wanted.bom,
        "where": listing.where, "match": list(listing.match), "q": listing.q, "sort": listing.sort,
    }  # fmt: skip
    return works.start(ctx, EXPORT, name, request=request, items=())


def step(ctx: Context, found: Work) -> Batch:
    """Write down the next page."""
    asked = found.request
    listing = Listing(asked["where"], tuple(asked["match"]), asked["q"], asked["sort"])
    wanted = Wanted(listing, tuple(asked["columns"]))
    entity, keys = _asked(ctx, found.entity, wanted)
    number, cursor = (0, None) if found.place is None else found.place
    rows, following = _rows(
        ctx, _exporting(ctx, entity.name), entity, listing, keys=keys, limit=BATCH, cursor=cursor
    )
    work.put_items(ctx.uow, found.id, [Item(number, row=[list(row) for row in rows])])
    is_last = following is None or found.done + len(rows) >= MOST
    place = None if is_last else [number + 1, following]
    return Batch(done=len(rows), written=len(rows), place=place)


def file_of(ctx: Context, uid: str) -> Download:
    """The file of an export that is done: whose it is, and who may still export, gets it."""
    found = works.mine(ctx, uid)
    if found.kind != EXPORT or found.state != "done":
        raise NotFound(f"file of {uid[:64]}")
    entity = readable(ctx, found.entity)
    require(ctx, entity.name, "export")
    parts = work.items(ctx.uow, found.id, after=-1, limit=MOST)
    rows = [row for part in parts for row in part.row or ()]
    asked = found.request
    columns = _columns(ctx, entity, asked["columns"])
    return _file(entity.name, columns, rows, how=asked["how"], bom=bool(asked["bom"]))


def note(ctx: Context, name: str) -> None:
    """Write into the audit log that records left the house."""
    audit.append(
        ctx.uow, actor=ctx.actor.name, action="record.export", target=name, detail={}, at=ctx.now
    )


def _asked(ctx: Context, name: str, wanted: Wanted) -> tuple[Entity, list[str]]:
    """The entity and the columns; those that may not be exported are not there."""
    entity = readable(ctx, name)
    require(ctx, name, "export")
    acting = _exporting(ctx, name)
    keys = wanted.columns
    if keys is None:
        return entity, [
            f.key for f in entity.fields if _is_cell(f) and is_seen(acting, name, f.key)
        ]
    for n, key in enumerate(keys):
        known_path(acting, entity, key, pointer=f"/columns/{n}")
        item = entity.field(key)
        if item is None or not _is_cell(item):
            raise Invalid(Diagnostic("RUN102", {"field": key[:80]}, pointer=f"/columns/{n}"))
    return entity, list(keys)


def _is_cell(item: Field) -> bool:
    """Whether one cell can hold it: a value, or a list of values."""
    return not item.hidden and (item.rows is None or item.listed is not None)


def _exporting(ctx: Context, name: str) -> Context:
    """The reader with the rows and fields he may export; of other entities what he may read."""
    exports = scope_for(ctx, "export")
    parent = ctx.catalog.entity(name).parent
    found = entity_right(ctx.catalog, ctx.actor, name, "export")
    hidden = hidden_of(ctx, name) | (frozenset() if found is None else found.barred)
    scope = replace(
        ctx.scope,
        filters={**ctx.scope.filters, name: exports.rows(name, parent=parent)},
        hidden={**ctx.scope.hidden, name: hidden},
    )
    return replace(ctx, scope=scope)


def _count(acting: Context, entity: Entity, listing: Listing, most: int) -> int:
    asked = replace(listing.query(acting, entity), order=())
    with told():
        return count(
            acting.uow, acting.scope, asked,
            tables=acting.tables, catalog=acting.catalog, params=acting.params, most=most,
        )  # fmt: skip


def _rows(
    ctx: Context,
    acting: Context,
    entity: Entity,
    listing: Listing,
    *,
    keys: Sequence[str],
    limit: int,
    cursor: str | None,
) -> tuple[list[list[str | None]], str | None]:
    """The cells of a page: what may be exported and may be read."""
    pointers = pointer_paths(acting, entity)
    shown = [pointers.get(key, key) for key in keys]
    asked = listing.query(acting, entity)
    with told():
        page = read(acting, replace(asked, select=tuple(shown), limit=limit, cursor=cursor))
    ids = [int(row["id"]) for row in page.rows]
    mine = reachable(ctx, entity.name, ids, scope=ctx.scope) if ids else frozenset()
    out = [row for row in page.rows if row["id"] in mine]
    if any((item := entity.field(key)) and item.classification != "normal" for key in keys):
        note_views(ctx, entity, out, purpose=viewing.EXPORT)
    writers = [
        _pointing_writer(ctx, acting, entity.field(key), page.rows)
        or _writer(acting, entity, key, path)
        for key, path in zip(keys, shown, strict=True)
    ]
    rows = [[writer(row[path]) for writer, path in zip(writers, shown, strict=True)] for row in out]
    return rows, page.next_cursor


def _writer(ctx: Context, entity: Entity, key: str, path: str) -> Any:  # noqa: ANN401 -- a function of a raw value
    """How a column is written as text."""
    if path != key:  # what a reference is called
        text = texts_of(ctx, entity.name, path)
        return lambda value: text(value) or None
    kind = ctx.catalog.field_type(entity.name, key)
    language = ctx.actor.language
    option = texts_of(ctx, entity.name, key)

    def write(value: Raw) -> str | None:
        if value is None:
            return None
        if isinstance(value, bool):
            return YES_NO[language][0 if value else 1]
        if isinstance(kind, t.Choice):
            return option(value)
        if isinstance(kind, t.DateTime):
            return format_datetime(int(value), zone=ctx.zone)[:19].replace("T", " ")
        return format_value(value, kind)

    return write


def _pointing_writer(ctx: Context, acting: Context, item: Field | None, rows: Sequence[Any]) -> Any:  # noqa: ANN401 -- a function of a raw value
    """How a column is written whose cells name records or values found for the whole page."""
    if item is not None and item.listed is not None:
        return _list_writer(acting, item, rows)
    if item is not None and item.entities:  # by name as far as the actor may read it
        return written(ctx, {row[item.key] for row in rows if row[item.key]}).get
    return None


def _list_writer(ctx: Context, item: Field, rows: Sequence[Any]) -> Any:  # noqa: ANN401 -- a function of rows
    """How a list is written in one cell: its values as people call them, side by side."""
    values = {each[VALUE] for row in rows for each in row[item.key]}
    if item.type == "reference_list":
        names = displays(ctx, item.entity or "", values)
    else:
        text = texts_of(ctx, item.listed or "", VALUE)
        names = {each: text(each) for each in values}

    def write(value: Sequence[Any]) -> str | None:
        return "、".join(names.get(each[VALUE], "") for each in value) or None

    return write


def _columns(ctx: Context, entity: Entity, keys: Sequence[str]) -> list[Column]:
    found = []
    for key in keys:
        item = entity.field(key)
        label = {} if item is None else item.label
        title = label.get(ctx.actor.language) or label.get("zh-CN") or key
        kind = KINDS.get(type(ctx.catalog.field_type(entity.name, key)), "text")
        found.append(Column(title, kind))
    return found


def _file(
    name: str, columns: Sequence[Column], rows: Sequence[Any], *, how: str, bom: bool
) -> Download:
    known = cast("Format", how)
    if known == "csv":
        content = write_csv(columns, rows, bom="\ufeff" if bom else "")
    else:
        content = write_table(columns, rows, known)
    key = name.rpartition(".")[2]
    return Download(f"{key}.{known}", MEDIA_TYPES[known], content, "")
