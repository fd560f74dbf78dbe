"""The one way records are read: rows and fields a scope shows, now or as known at a number."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import func, literal, select

from dsl.backends.python import NO_PARAMS, Params
from store import bulk, paging
from store.child_rows import read_children
from store.column_types import BIGINT
from store.conditions import condition_sql
from store.errors import HiddenFieldError, NotFoundError
from store.groups import groups
from store.prepared import Prepared
from store.rows import by_name
from store.scope import Scope
from store.search import SEARCHED, search_sql
from store.source import Source
from store.statements import made_once
from store.system_entities import system_rows
from store.unit import OPEN_REV

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from sqlalchemy import FromClause, Row, Select

    from builder.catalog import Catalog
    from builder.masks import Mask
    from builder.model.entity import Entity
    from dsl.formula import Formula
    from dsl.types import Raw
    from store.conditions import Condition
    from store.groups import Group, Key, Measure
    from store.record_tables import Tables
    from store.unit import UnitOfWork

__all__ = [
    "Page", "Params", "Query", "Scope", "Source", "Version", "count", "grouped", "history",
    "id_to_uid", "read", "uid_to_id",
]  # fmt: skip

EVERYTHING = "*"
MASKED = "*masked"  # what masks let through of fields that can not be asked for
MAX_GROUPS = 1_000
Order = tuple[str, Literal["asc", "desc"]]


@dataclass(frozen=True, slots=True)
class Query:
    """What to read. `select` holds to-one paths, child tables, or "*" for all visible fields.

    Masked fields come with "*" or "*masked", as far as their masks let something through.

    `as_of` is a change number; `deleted` reads the trash. `ids` and `uids` narrow, in no order.
    """

    entity: str
    select: tuple[str, ...] = ()
    where: Formula | None = None
    match: Condition | None = None
    search: str = ""
    order: tuple[Order, ...] = ()
    limit: int | None = None
    cursor: str | None = None
    ids: Collection[int] | None = None
    uids: Collection[str] | None = None
    as_of: int | None = None
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """Rows with `id`, `uid`, `version` and what was selected; a cursor if there are more."""

    rows: list[dict[str, Any]]
    next_cursor: str | None = None


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a record, in force for change numbers rev_from <= R < rev_to."""

    version: int
    rev_from: int
    rev_to: int
    at: int
    by: str
    deleted: bool
    origin_kind: str
    origin_source: str | None
    origin_run: int | None
    origin_delay_us: int | None
    values: dict[str, Raw]
    masked: dict[str, str] = field(default_factory=dict)  # what masks let through; never written


def read(
    uow: UnitOfWork,
    scope: Scope,
    query: Query,
    *,
    tables: Tables,
    catalog: Catalog,
    params: Params = NO_PARAMS,
) -> Page:
    """The rows of a query that the scope shows, only its fields, in a stable order."""
    known: list[int] | None = None
    cursor = None
    if query.order and query.limit is not None:
        # the rows of a page are found first, so that no other row is joined or sorted whole
        known, cursor = _page_ids(uow, scope, query, tables=tables, catalog=catalog, params=params)
    source = _source(uow, scope, query, tables=tables, catalog=catalog, params=params)
    if known is None:
        _restrict(uow, source, query, tables=tables)
    else:
        source.narrow(bulk.among(uow, source.column("id"), known))
    paths, children = _selected(source, query)
    masks = _partly(source, query, scope)
    chosen = select(
        source.column("id").label("id"),
        source.column("uid").label("uid"),
        source.column("version").label("version"),
        *(source.column(path).label(f"f{n}") for n, path in enumerate(paths)),
        *(source.unseen(key).label(f"m{n}") for n, (key, _) in enumerate(masks)),
    )
    if known is None:
        found, cursor = _page(uow, source, query, chosen)
    else:
        rows_of_page = chosen.select_from(source.from_).where(*source.conditions)
        by_id = {row.id: row for row in uow.execute(rows_of_page)}
        found = [by_id[each] for each in known]
    rows = [_row(row, paths, masks) for row in found]
    for path in children:
        read_children(uow, source, rows, path, scope=scope, tables=tables, as_of=query.as_of)
    return Page(rows, cursor)


def _page_ids(
    uow: UnitOfWork,
    scope: Scope,
    query: Query,
    *,
    tables: Tables,
    catalog: Catalog,
    params: Params,
) -> tuple[list[int], str | None]:
    source = _source(uow, scope, query, tables=tables, catalog=catalog, params=params)
    _restrict(uow, source, query, tables=tables)
    chosen = select(source.column("id").label("id"))
    rows, cursor = _page(uow, source, query, chosen)
    return [row.id for row in rows], cursor


def _page(
    uow: UnitOfWork, source: Source, query: Query, chosen: Select[Any]
) -> tuple[Sequence[Row[Any]], str | None]:
    """The rows of one page in order, and the cursor of the next."""
    order = [source.column(path) for path, _ in query.order]
    chosen = chosen.add_columns(*(column.label(f"o{n}") for n, column in enumerate(order)))
    where = [*source.conditions]
    statement = paging.ordered(chosen, source.column("id"), order, query.order)
    if query.cursor is not None:
        where.append(paging.after(query.cursor, source.column("id"), order, query.order))
    if query.limit is not None:
        statement = statement.limit(query.limit + 1)
    found = uow.execute(statement.select_from(source.from_).where(*where)).all()
    if query.limit is None or len(found) <= query.limit:
        return found, None
    found = found[: query.limit]
    return found, paging.cursor_of(by_name(found[-1]), query.order)


def count(
    uow: UnitOfWork,
    scope: Scope,
    query: Query,
    *,
    tables: Tables,
    catalog: Catalog,
    params: Params = NO_PARAMS,
    most: int | None = None,
) -> int:
    """How many rows the query has in all pages; it stops counting at `most`."""
    source = _source(uow, scope, query, tables=tables, catalog=catalog, params=params)
    _restrict(uow, source, query, tables=tables)
    where = source.conditions
    counted = select(func.count()).select_from(source.from_).where(*where)
    if most is not None:
        some = select(source.column("id")).select_from(source.from_).where(*where)
        counted = select(func.count()).select_from(some.limit(most).subquery())
    return int(uow.execute(counted).scalar_one())


def grouped(
    uow: UnitOfWork,
    scope: Scope,
    query: Query,
    *,
    keys: Sequence[Key],
    measures: Sequence[Measure],
    tables: Tables,
    catalog: Catalog,
    params: Params = NO_PARAMS,
) -> list[Group]:
    """The rows of a query in groups, as far as the scope shows rows and fields.

    Raises:
        HiddenFieldError: a key or a measure is out of the reader's sight.
    """
    source = _source(uow, scope, query, tables=tables, catalog=catalog, params=params)
    _restrict(uow, source, query, tables=tables)
    most = query.limit or MAX_GROUPS
    return groups(uow, source, keys=keys, measures=measures, limit=most)


def history(
    uow: UnitOfWork,
    scope: Scope,
    tables: Tables,
    catalog: Catalog,
    entity: str,
    record_id: int,
    *,
    params: Params = NO_PARAMS,
) -> list[Version]:
    """All versions of a record that the scope shows today, oldest first."""
    seen = Source(uow, tables, catalog, entity, scope=scope, params=params, trash="with")
    mine = seen.ids().where(seen.column("id") == record_id)
    if seen.is_system or uow.execute(mine).first() is None:
        raise NotFoundError(entity, record_id)
    table = tables.history(entity)
    if table is None:
        current = tables.table(entity)
        chosen: Select[Any] = select(
            current, current.c.rev.label("rev_from"), literal(OPEN_REV, BIGINT).label("rev_to")
        ).where(current.c.id == record_id)
    else:
        chosen = select(table).where(table.c.id == record_id).order_by(table.c.rev_from)
    columns = {
        key: column.name
        for key, column in tables[entity].fields.items()
        if seen.entity.field(key) is not None
    }
    shown = {key: name for key, name in columns.items() if not scope.hides(entity, key)}
    masks = {columns[key]: (key, mask) for key, mask in scope.partly(entity).items()}
    return [_version(row, shown, masks) for row in uow.execute(chosen)]


def uid_to_id(
    uow: UnitOfWork, tables: Tables, entity: str, uids: Collection[str]
) -> dict[str, int]:
    """Row ids by uid, the trash included. Says nothing about who may see the records."""
    clause = _identities(tables, entity)
    chosen = select(clause.c.uid, clause.c.id).where(bulk.among(uow, clause.c.uid, uids))
    return {row.uid: row.id for row in uow.execute(chosen)}


def id_to_uid(uow: UnitOfWork, tables: Tables, entity: str, ids: Collection[int]) -> dict[int, str]:
    """Uids by row id, the trash included. Says nothing about who may see the records."""
    mine = tables.entities.get(entity)
    if mine is None:
        found = _uid_of_id(uow.dialect, system_rows(entity, None))
    else:
        found = made_once(
            mine.current, ("uid_of_id", uow.dialect), lambda: _uid_of_id(uow.dialect, mine.current)
        )
    rows = uow.rows(found, {"wanted": bulk.ids_for(uow.dialect, ids)})
    return {row.id: row.uid for row in rows}


def _uid_of_id(dialect: str, clause: FromClause) -> Prepared:
    wanted = bulk.among_named(dialect, clause.c.id, "wanted")
    return Prepared(select(clause.c.uid, clause.c.id).where(wanted))


def _identities(tables: Tables, entity: str) -> FromClause:
    if entity in tables.entities:
        return tables.table(entity)
    return system_rows(entity, None)


def _source(
    uow: UnitOfWork,
    scope: Scope,
    query: Query,
    *,
    tables: Tables,
    catalog: Catalog,
    params: Params,
) -> Source:
    return Source(
        uow,
        tables,
        catalog,
        query.entity,
        scope=scope,
        as_of=query.as_of,
        params=params,
        trash="only" if query.deleted else "without",
    )


def _restrict(uow: UnitOfWork, source: Source, query: Query, *, tables: Tables) -> None:
    """Only the rows of the query; what may need Python comes last, over the fewest rows."""
    if query.ids is not None:
        source.narrow(bulk.among(uow, source.column("id"), query.ids))
    if query.uids is not None:
        source.narrow(bulk.among(uow, source.column("uid"), query.uids))
    if query.search.strip():
        mine = tables.entities.get(query.entity)
        texts = [key for key in _searched(source.entity) if _is_visible(source, key)]
        source.narrow(search_sql(uow, source, mine, query.search, texts))
    if query.match is not None:
        source.narrow(condition_sql(uow, source, query.match))
    if query.where is not None:
        source.narrow(source.formula(query.where))


def _selected(source: Source, query: Query) -> tuple[list[str], list[str]]:
    """The paths that are columns, and the child tables."""
    wanted: dict[str, None] = {}
    for path in (each for each in query.select if each != MASKED):
        wanted.update(dict.fromkeys(_visible(source) if path == EVERYTHING else [path]))
    children = [path for path in wanted if _is_child_table(source.entity, path)]
    return [path for path in wanted if path not in children], children


def _partly(source: Source, query: Query, scope: Scope) -> list[tuple[str, Mask]]:
    """The masks that let something through, where they are asked for."""
    asked = not {EVERYTHING, MASKED}.isdisjoint(query.select)
    masks = scope.partly(query.entity) if asked else {}
    return [(key, mask) for key, mask in masks.items() if source.entity.field(key) is not None]


def _visible(source: Source) -> list[str]:
    """The fields of the entity that the reader may see, child tables left out."""
    keys = [item.key for item in source.entity.fields if item.rows is None]
    return [key for key in keys if _is_visible(source, key)]


def _is_visible(source: Source, key: str) -> bool:
    """Whether a field is neither hidden nor shows what a hidden one says."""
    try:
        source.column(key)
    except HiddenFieldError:
        return False
    return True


def _searched(entity: Entity) -> list[str]:
    return [field.key for field in entity.fields if field.type in SEARCHED]


def _is_child_table(entity: Entity, path: str) -> bool:
    field = entity.field(path)
    return field is not None and field.owns_rows


def _row(row: Row[Any], paths: Sequence[str], masks: Sequence[tuple[str, Mask]]) -> dict[str, Any]:
    mapping = by_name(row)
    values = {"id": row.id, "uid": row.uid, "version": row.version}
    for n, path in enumerate(paths):
        values[path] = mapping[f"f{n}"]
    for n, (key, mask) in enumerate(masks):
        values[key] = mask.of(mapping[f"m{n}"])
    return values


def _version(
    row: Row[Any], shown: dict[str, str], masks: Mapping[str, tuple[str, Mask]]
) -> Version:
    mapping = by_name(row)
    return Version(
        version=row.version,
        rev_from=row.rev_from,
        rev_to=row.rev_to,
        at=row.updated_at,
        by=row.updated_by,
        deleted=row.deleted,
        origin_kind=row.origin_kind,
        origin_source=row.origin_source,
        origin_run=row.origin_run,
        origin_delay_us=row.origin_delay_us,
        values={key: mapping[name] for key, name in shown.items()},
        masked={key: mask.of(mapping[name]) for name, (key, mask) in masks.items()},
    )
