"""The records of an entity that go into what is written down about one person.

A person has a right to all that is recorded about him (PIPL art. 45): records about him are whole,
whatever his roles show of them. What concerns others goes by his roles: computed fields, which may
read records of others, the names of what a field points to, and records about somebody else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from builder.fields.any_reference import pointer_to
from dsl.values import format_datetime
from runtime import about_person, read
from runtime.anywhere import called
from runtime.lookups import POINTING
from runtime.lookups import read as read_rows
from runtime.org import can, hidden_of
from runtime.values import dump_rows, target_of
from runtime.viewing import EXPORT, note_views
from store import comments, person_data, query
from store.errors import NotFoundError
from store.query import Query

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from builder.model.entity import Entity, Field
    from runtime.context import Context

Json = dict[str, Any]
BATCH = 200
MOST_COMMENTS = 10_000  # on one record


def batch_of(
    ctx: Context, entity: Entity, person_id: int, after: int
) -> tuple[list[Json], int | None]:
    """The next records of one entity, and after which one to go on."""
    logins = person_data.logins_of(ctx.uow, person_id)
    found = about_person.found(ctx, entity, person_id, logins)
    ids = [each for each in found.all if each > after][:BATCH]
    told = _own(ctx, entity, [each for each in ids if each in found.own])
    told |= _of_others(ctx, entity, [each for each in ids if each not in found.own], person_id)
    return [told[each] for each in ids if each in told], ids[-1] if len(ids) == BATCH else None


# --- about the person -------------------------------------------------------------------------
def _own(ctx: Context, entity: Entity, ids: Sequence[int]) -> dict[int, Json]:
    rows = _rows(ctx.as_system, entity, ids)
    note_views(ctx, entity, rows, purpose=EXPORT)
    items = read.record_items(ctx.as_system, entity, rows)
    barred = _computed(ctx, entity)
    names = _names(ctx, entity, items)
    return {
        int(row["id"]): {
            **_without(item, barred),
            "display": "" if entity.display in barred else item["display"],
            "display_values": _named(entity, item, names, barred),
            "deleted": row["deleted"],
            "versions": _versions(ctx.as_system, entity, int(row["id"]), barred),
            "files": person_data.files_of(ctx.uow, (), entity=entity.name, ids=[int(row["id"])]),
            "comments": _said(ctx, entity.name, int(row["id"])),
        }
        for row, item in zip(rows, items, strict=True)
    }


def _computed(ctx: Context, entity: Entity) -> frozenset[str]:
    """The computed fields that the actor's roles do not show."""
    if not can(ctx, entity.name, "read"):
        unseen = frozenset(item.key for item in entity.fields)
    else:
        unseen = hidden_of(ctx, entity.name)
    computed = (f.key for f in entity.fields if f.formula or f.lookup or f.rollup)
    return frozenset() if ctx.actor.admin else unseen & frozenset(computed)


def _names(ctx: Context, entity: Entity, items: Sequence[Json]) -> Mapping[str, str]:
    """What the records are called that fields point to, as far as the actor may read them."""
    fields = [item for item in entity.fields if _is_pointer(item)]
    return called(ctx, {p for item in items for field in fields for p in _pointers(field, item)})


def _named(
    entity: Entity, item: Json, names: Mapping[str, str], barred: Collection[str]
) -> dict[str, str]:
    """The names beside the values: of files and regions all, of other records those."""
    pointing = {field.key: _pointers(field, item) for field in entity.fields if _is_pointer(field)}
    shown: dict[str, str] = {
        key: text
        for key, text in item["display_values"].items()
        if key.partition(".")[0] not in {*pointing, *barred}
    }
    told = {key: [names[p] for p in each if names.get(p)] for key, each in pointing.items()}
    return shown | {key: "、".join(each) for key, each in told.items() if each}


def _is_pointer(field: Field) -> bool:
    return field.type in POINTING or field.type in {"reference_list", "any_reference"}


def _pointers(field: Field, item: Json) -> list[str]:
    """Where a field of a record leads to."""
    value = item["values"].get(field.key)
    if not value:
        return []
    if field.type == "any_reference":
        return [value]
    target = field.entity if field.type == "reference_list" else target_of(field)
    uids = value if isinstance(value, list) else [value]
    return [pointer_to(target or "", uid) for uid in uids]


def _said(ctx: Context, name: str, record_id: int) -> list[Json]:
    said = comments.of_record(ctx.uow, name, record_id, limit=MOST_COMMENTS)
    return [{"by": each.author, "at": format_datetime(each.at), "body": each.body} for each in said]


# --- about somebody else ----------------------------------------------------------------------
def _of_others(ctx: Context, entity: Entity, ids: Sequence[int], person_id: int) -> dict[int, Json]:
    """Records that name the person or were made by him: what is not personal, if roles show it."""
    barred = frozenset(f.key for f in entity.fields if f.classification != "normal")
    rows = _rows(ctx, entity, ids) if can(ctx, entity.name, "read") else []
    note_views(ctx, entity, rows, purpose=EXPORT)
    items = read.record_items(ctx, entity, rows)
    seen = {
        int(row["id"]): {
            **_without(item, barred),
            "display": "" if entity.display in barred else item["display"],
            "deleted": row["deleted"],
            "versions": _versions(ctx, entity, int(row["id"]), barred),
        }
        for row, item in zip(rows, items, strict=True)
    }
    unseen = [each for each in ids if each not in seen]
    return seen | _mentions(ctx, entity, unseen, person_id)


def _mentions(ctx: Context, entity: Entity, ids: Sequence[int], person_id: int) -> dict[int, Json]:
    """Of records that the person may not read: that they are there, and which fields name him."""
    named = []
    for row in _rows(ctx.as_system, entity, ids):
        keys = (f.key for f in entity.fields if f.type in POINTING and target_of(f) == "person")
        mine = {key: person_id for key in keys if row.get(key) == person_id}
        named.append((row, mine))
    values = dump_rows(ctx.as_system, entity, [mine for _, mine in named])
    return {
        int(row["id"]): {
            "uid": row["uid"], "display": "", "values": told, "display_values": {},
            "deleted": row["deleted"], "versions": [],
        }
        for (row, _), told in zip(named, values, strict=True)
    }  # fmt: skip


# --- both -------------------------------------------------------------------------------------
def _rows(ctx: Context, entity: Entity, ids: Sequence[int]) -> list[Json]:
    """Records with their child rows; those in the trash say that they are."""
    select = (*read.selected(ctx, entity), *_tables(ctx, entity))
    rows: list[Json] = []
    for deleted in (False,) if entity.system or not ids else (False, True):
        page = read_rows(ctx, Query(entity.name, select=select, ids=tuple(ids), deleted=deleted))
        rows += [{**row, "deleted": deleted} for row in page.rows]
    return rows


def _without(item: Json, barred: Collection[str]) -> Json:
    shown = {
        key: {k: v for k, v in item[key].items() if k.partition(".")[0] not in barred}
        for key in ("values", "display_values")
    }
    return {**item, **shown}


def _versions(ctx: Context, entity: Entity, record_id: int, barred: Collection[str]) -> list[Json]:
    """What the record was before, as far as it may be read."""
    if entity.system or entity.log:
        return []
    try:
        found = query.history(
            ctx.uow, ctx.scope, ctx.tables, ctx.catalog, entity.name, record_id, params=ctx.params
        )
    except NotFoundError:
        return []
    below = [_rows_then(ctx, entity, record_id, version.rev_from) for version in found]
    values = dump_rows(
        ctx, entity, [{**v.values, **rows} for v, rows in zip(found, below, strict=True)]
    )
    return [
        {
            "version": v.version, "at": format_datetime(v.at), "by": v.by,
            "values": {key: value for key, value in dumped.items() if key not in barred},
        }
        for v, dumped in zip(found, values, strict=True)
    ]  # fmt: skip


def _rows_then(ctx: Context, entity: Entity, record_id: int, rev: int) -> Json:
    """The rows of its child tables and lists as they were at a change."""
    keys = _tables(ctx, entity)
    if not keys:
        return {}
    asked = Query(entity.name, select=tuple(keys), ids=(record_id,), as_of=rev)
    rows = read_rows(ctx, asked).rows  # none: that version put it into the trash
    return {key: row[key] for row in rows for key in keys}


def _tables(ctx: Context, entity: Entity) -> list[str]:
    hidden = ctx.scope.hidden.get(entity.name, frozenset())
    return [f.key for f in entity.fields if f.owns_rows and f.key not in hidden and not f.hidden]
