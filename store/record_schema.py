"""Make and widen the tables of user entities; only ever by adding."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Index, MetaData, Table, func, insert, inspect, literal, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.schema import CreateIndex, CreateTable, DropIndex

from builder.diff import storage_of, stored_as
from builder.fields import FIELD_TYPES
from store.column_types import alive
from store.errors import SchemaChangeError
from store.record_tables import (
    EntityTables,
    Tables,
    build_entity,
    map_changed,
    tables_of,
)
from store.record_writes import duplicate
from store.tables import entity_map, field_map

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from sqlalchemy import Row
    from sqlalchemy.schema import DDLElement

    from builder.catalog import Catalog
    from builder.model.entity import Entity, Field
    from store.record_tables import FieldColumn
    from store.unit import UnitOfWork

_LOCK_TIMEOUT = "2s"
FIXED_TARGETS = {"person": "person", "department": "department"}
_DATED = frozenset({"date", "datetime"})
CHILD = "child"
ASIDE = "~"  # in the key of a column that is no field's: not in any key that users make


def ensure(
    uow: UnitOfWork,
    catalog: Catalog,
    *,
    real_at: int | None = None,
    only: Collection[str] | None = None,
) -> Tables:
    """Give every entity of the catalog its tables and columns; hide what it no longer has.

    `only` names the entities that are new or changed: asking a database what it has takes long.
    """
    wait_briefly(uow)
    entities = catalog.entities.values()
    wanted = [
        e
        for e in entities
        # the values of a list come and go with the entity that has the list
        if not e.system and (only is None or (e.parent if e.implied else e.name) in only)
    ]
    before = tables_of(uow)
    for entity in wanted:
        _map_entity(uow, entity, before, real_at=real_at)
    map_changed(uow)
    after = tables_of(uow)
    for entity in wanted:
        _build_tables(uow, entity, after[entity.name])
    return after


def wait_briefly(uow: UnitOfWork) -> None:
    """Give up, to try again later, rather than make writers queue behind a change of tables."""
    if uow.dialect == "postgresql":
        uow.execute(select(func.set_config("lock_timeout", _LOCK_TIMEOUT, literal(value=True))))


def expand(uow: UnitOfWork, entity: Entity, field: Field) -> int:
    """A fresh column for a field that has one of another kind; the number of the column.

    It is nobody's until `exchange` puts it in force.
    """
    wait_briefly(uow)
    mine = tables_of(uow)[entity.name]
    storage = FIELD_TYPES[field.type].storage
    if storage is None:
        raise SchemaChangeError(entity.name, field.key, mine.column(field.key).type, field.type)
    number = _map_new_field(uow, mine.number, field, storage, key=f"{field.key}{ASIDE}")
    _rename(uow, number, f"{field.key}{ASIDE}{number}", hidden=True, real_at=None)
    map_changed(uow)
    _build_tables(uow, entity, tables_of(uow)[entity.name])
    return number


def exchange(uow: UnitOfWork, key: str, *, source: int, target: int, real_at: int) -> None:
    """Let a field be what is in the column `target`; the column `source` is hidden."""
    _rename(uow, source, f"{key}{ASIDE}{source}", hidden=True, real_at=real_at)
    _rename(uow, target, key, hidden=False, real_at=None)
    map_changed(uow)


def _rename(uow: UnitOfWork, number: int, key: str, *, hidden: bool, real_at: int | None) -> None:
    values = {"key": key, "hidden": hidden, "real_hidden_at": real_at}
    uow.execute(update(field_map).where(field_map.c.id == number).values(values))


def _map_entity(uow: UnitOfWork, entity: Entity, before: Tables, *, real_at: int | None) -> None:
    """Write the rows of the map: names to numbers."""
    known = before.entities.get(entity.name)
    number = _map_new_entity(uow, entity) if known is None else known.number
    if known is not None and known.log != entity.log:
        raise SchemaChangeError(entity.name, "", "log" if known.log else "history", "other")
    old = _mapped_fields(uow, number)
    for field in entity.fields:
        storage = storage_in(field)
        if storage is None:
            continue
        mapped = old.get(field.key)
        if mapped is not None and fits(mapped, field, storage):
            continue
        if mapped is not None and not mapped.hidden and storage != CHILD:
            raise SchemaChangeError(entity.name, field.key, mapped.type, field.type)
        if mapped is not None:  # another kind of field had this key; what it held stays
            aside = f"{field.key}{ASIDE}{mapped.id}"
            _rename(uow, mapped.id, aside, hidden=True, real_at=real_at)
        _map_new_field(uow, number, field, storage, key=field.key)
    kept = {field.key for field in entity.fields}
    _show_and_hide(uow, number, kept, real_at=real_at)


def fits(mapped: Row[Any] | FieldColumn, field: Field, storage: str) -> bool:
    """Whether the column holds what the field means."""
    if CHILD in (storage, mapped.storage):
        return bool(mapped.storage == storage and mapped.target == field.rows)
    return storage_of(field) == stored_as(
        mapped.type, mapped.storage, scale=mapped.scale, target=mapped.target
    )


def _map_new_entity(uow: UnitOfWork, entity: Entity) -> int:
    statement = insert(entity_map).values(name=entity.name, log=entity.log, parent=entity.parent)
    return int(uow.execute(statement.returning(entity_map.c.id)).scalar_one())


def _mapped_fields(uow: UnitOfWork, number: int) -> dict[str, Row[Any]]:
    rows = uow.execute(select(field_map).where(field_map.c.entity_id == number))
    return {row.key: row for row in rows}


def _map_new_field(uow: UnitOfWork, number: int, field: Field, storage: str, *, key: str) -> int:
    made = uow.execute(
        insert(field_map)
        .values(
            entity_id=number,
            key=key,
            storage=storage,
            scale=FIELD_TYPES[field.type].scale(field),
            type=field.type,
            target=field.rows or FIXED_TARGETS.get(field.type, field.entity),
        )
        .returning(field_map.c.id)
    )
    return int(made.scalar_one())


def _show_and_hide(uow: UnitOfWork, number: int, kept: set[str], *, real_at: int | None) -> None:
    mine = update(field_map).where(field_map.c.entity_id == number)
    uow.execute(
        mine.where(field_map.c.key.in_(kept), field_map.c.hidden.is_(True)).values(
            hidden=False, real_hidden_at=None
        )
    )
    uow.execute(
        mine.where(field_map.c.key.not_in(kept), field_map.c.hidden.is_(False)).values(
            hidden=True, real_hidden_at=real_at
        )
    )


def storage_in(field: Field) -> str | None:
    """How a field is stored: by a column of this kind, as rows, or not at all."""
    if field.owns_rows:
        return CHILD
    return FIELD_TYPES[field.type].storage


def _build_tables(uow: UnitOfWork, entity: Entity, tables: EntityTables) -> None:
    for statement in statements_of(uow, entity, tables):
        try:
            uow.execute(statement)
        except IntegrityError as error:  # rows from before a key was asked for
            raise duplicate(tables, error) from error


def statements_of(uow: UnitOfWork, entity: Entity, tables: EntityTables) -> Iterator[DDLElement]:
    """CREATE TABLE, or ADD COLUMN for what is missing; then the indexes."""
    inspector = inspect(uow.connection)
    is_there = inspector.has_table(tables.current.name)
    if is_there:
        for table in _tables(tables):
            there = {column["name"] for column in inspector.get_columns(table.name)}
            fresh = [c.name for c in tables.fields.values() if c.name not in there]
            yield from _added(table, fresh)
    else:
        yield from (CreateTable(table) for table in _tables(tables))
    indexes = (
        [i for t in _tables(tables) for i in inspector.get_indexes(t.name)] if is_there else []
    )
    yield from _match_indexes(entity, tables, {str(index["name"]) for index in indexes})


def _added(table: Table, names: Sequence[str]) -> Iterator[DDLElement]:
    if names:
        # few publications need alembic, and importing it takes as long as a whole publication
        from alembic.ddl.base import AddColumn  # noqa: PLC0415

        yield from (AddColumn(table.name, table.c[name]) for name in names)


def _tables(tables: EntityTables) -> list[Table]:
    return [t for t in (tables.current, tables.history) if t is not None]


def _match_indexes(
    entity: Entity, tables: EntityTables, there: Collection[str]
) -> Iterator[DDLElement]:
    """Create the indexes that are missing; drop unique keys the entity gave up."""
    # on copies: an Index belongs to its Table for ever, and Tables are shared between readers
    copy = build_entity(
        MetaData(),
        name=tables.name,
        number=tables.number,
        log=tables.log,
        parent=tables.parent,
        columns=tables.fields,
    )
    wanted = {str(index.name): index for index in _indexes(entity, copy)}
    yield from (CreateIndex(index) for name, index in wanted.items() if name not in there)
    for name in sorted(set(there) - set(wanted)):
        if name.startswith(f"{copy.current.name}_u_"):
            yield DropIndex(Index(name, copy.current.c.id))


def _indexes(entity: Entity, tables: EntityTables) -> Iterable[Index]:
    current, history = tables.current, tables.history
    for keys in entity.unique:
        columns = [current.c[tables.column(key).name] for key in keys]
        if tables.parent is not None:
            columns.insert(0, current.c.parent_id)
        name = "_".join([current.name, "u", *(c.name for c in columns)])
        where = alive(current)
        yield Index(name, *columns, unique=True, sqlite_where=where, postgresql_where=where)
    dated = [c.name for c in tables.fields.values() if c.type in _DATED] if tables.log else []
    for table in _tables(tables):
        if tables.parent is not None:
            yield Index(f"{table.name}_parent", table.c.parent_id)
        for column in tables.fields.values():
            if column.storage == "ref":
                more = [table.c[name] for name in dated[:1]]
                yield Index(f"{table.name}_{column.name}", table.c[column.name], *more)
    if history is not None:
        yield Index(f"{history.name}_id", history.c.id, history.c.rev_from)
        yield Index(f"{history.name}_rev_to", history.c.rev_to)
