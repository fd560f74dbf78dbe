"""Make and widen the tables of user entities; only ever by adding."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Index, MetaData, Table, func, insert, inspect, literal, select, update
from sqlalchemy.exc import IntegrityError

from builder.fields import FIELD_TYPES
from store.column_types import alive
from store.errors import SchemaChangeError
from store.record_tables import EntityTables, Tables, build_entity, field_column, tables_of
from store.record_writes import duplicate
from store.tables import entity_map, field_map

if TYPE_CHECKING:
    from collections.abc import Iterable

    from alembic.operations import Operations

    from builder.catalog import Catalog
    from builder.model.entity import Entity, Field
    from store.unit import UnitOfWork

_LOCK_TIMEOUT = "2s"
_FIXED_TARGETS = {"person": "person", "department": "department"}
_DATED = frozenset({"date", "datetime"})


def ensure(uow: UnitOfWork, catalog: Catalog, *, real_at: int | None = None) -> Tables:
    """Give every entity of the catalog its tables and columns; hide what it no longer has."""
    if uow.dialect == "postgresql":
        uow.execute(select(func.set_config("lock_timeout", _LOCK_TIMEOUT, literal(value=True))))
    wanted = [entity for entity in catalog.entities.values() if not entity.system]
    before = tables_of(uow)
    for entity in wanted:
        _map_entity(uow, entity, before, real_at=real_at)
    after = tables_of(uow)
    for entity in wanted:
        _build_tables(uow, entity, after[entity.name])
    return after


def _map_entity(uow: UnitOfWork, entity: Entity, before: Tables, *, real_at: int | None) -> None:
    """Write the rows of the map: names to numbers."""
    known = before.entities.get(entity.name)
    number = _map_new_entity(uow, entity) if known is None else known.number
    if known is not None and known.log != entity.log:
        raise SchemaChangeError(entity.name, "", "log" if known.log else "history", "other")
    old = _mapped_fields(uow, number)
    for field in entity.fields:
        storage = _storage(field)
        if storage is not None and field.key not in old:
            _map_new_field(uow, number, field, storage)
        elif storage is not None:
            _check_same(entity.name, field, storage, old[field.key])
    kept = {field.key for field in entity.fields}
    _show_and_hide(uow, number, kept, real_at=real_at)


def _map_new_entity(uow: UnitOfWork, entity: Entity) -> int:
    statement = insert(entity_map).values(name=entity.name, log=entity.log, parent=entity.parent)
    return int(uow.execute(statement.returning(entity_map.c.id)).scalar_one())


def _mapped_fields(uow: UnitOfWork, number: int) -> dict[str, tuple[str, int | None]]:
    rows = uow.execute(select(field_map).where(field_map.c.entity_id == number))
    return {row.key: (row.storage, row.scale) for row in rows}


def _map_new_field(uow: UnitOfWork, number: int, field: Field, storage: str) -> None:
    uow.execute(
        insert(field_map).values(
            entity_id=number,
            key=field.key,
            storage=storage,
            scale=FIELD_TYPES[field.type].scale(field),
            type=field.type,
            target=field.rows or _FIXED_TARGETS.get(field.type, field.entity),
        )
    )


def _check_same(entity: str, field: Field, storage: str, known: tuple[str, int | None]) -> None:
    now = (storage, FIELD_TYPES[field.type].scale(field))
    if now != known:
        raise SchemaChangeError(entity, field.key, str(known), str(now))


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


def _storage(field: Field) -> str | None:
    if field.owns_rows:
        return "child"
    return FIELD_TYPES[field.type].storage


def _build_tables(uow: UnitOfWork, entity: Entity, tables: EntityTables) -> None:
    """CREATE TABLE, or ADD COLUMN for what is missing; then the indexes."""
    inspector = inspect(uow.connection)
    if not inspector.has_table(tables.current.name):
        for table in _tables(tables):
            table.create(uow.connection)
    else:
        for table in _tables(tables):
            there = {column["name"] for column in inspector.get_columns(table.name)}
            for column in tables.fields.values():
                if column.name not in there:
                    _operations(uow).add_column(table.name, field_column(column))
    _match_indexes(uow, entity, tables)


def _tables(tables: EntityTables) -> list[Table]:
    return [t for t in (tables.current, tables.history) if t is not None]


def _match_indexes(uow: UnitOfWork, entity: Entity, tables: EntityTables) -> None:
    """Create the indexes that are missing; drop unique keys the entity gave up."""
    inspector = inspect(uow.connection)
    there = {
        str(index["name"])
        for table in _tables(tables)
        for index in inspector.get_indexes(table.name)
    }
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
    for name, index in wanted.items():
        if name not in there:
            try:
                index.create(uow.connection)
            except IntegrityError as error:  # rows from before the key was asked for
                raise duplicate(tables, error) from error
    for name in sorted(there - set(wanted)):
        if name.startswith(f"{tables.current.name}_u_"):
            _operations(uow).drop_index(name, table_name=tables.current.name)


def _operations(uow: UnitOfWork) -> Operations:
    # few publications need alembic, and importing it takes as long as a whole publication
    from alembic.migration import MigrationContext  # noqa: PLC0415
    from alembic.operations import Operations  # noqa: PLC0415

    return Operations(MigrationContext.configure(uow.connection))


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
