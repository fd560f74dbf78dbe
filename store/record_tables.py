"""The physical tables of user entities: `e<n>` now, `e<n>_h` all versions, columns `c<m>`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, Column, Integer, MetaData, Table, select

from store import settings_table
from store.column_types import BIGINT, STORAGE_TYPES, TEXT, TRUTH
from store.errors import UnknownNameError
from store.in_force import MAP_VERSION, changed, in_force
from store.tables import entity_map, field_map

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import FromClause

    from builder.catalog import Catalog
    from store.unit import UnitOfWork

_NEWEST = "newest tables"  # in the memo: every entity as it was last described
PK = BigInteger().with_variant(Integer(), "sqlite")


@dataclass(frozen=True, slots=True)
class FieldColumn:
    """Where one field is stored; a child table has no column but a target."""

    id: int
    key: str
    storage: str  # bigint text boolean ref child
    scale: int | None
    type: str
    target: str | None
    hidden: bool

    @property
    def name(self) -> str:
        """The column's physical name."""
        return f"c{self.id}"


@dataclass(frozen=True, slots=True)
class EntityTables:
    """The tables of one entity."""

    name: str
    number: int
    log: bool
    parent: str | None
    fields: Mapping[str, FieldColumn]  # stored in a column, hidden ones included
    children: Mapping[str, str]  # child table field -> child entity
    current: Table
    history: Table | None
    _aliases: dict[tuple[str, int], FromClause] = field(default_factory=dict, compare=False)

    def describes(
        self, number: int, parent: str | None, columns: Mapping[str, FieldColumn], *, log: bool
    ) -> bool:
        """Whether the map still says the same of this entity."""
        mine = (self.number, self.parent, self.fields, self.children, self.log)
        return mine == (number, parent, *_parted(columns), log)

    def alias(self, table: Table, number: int) -> FromClause:
        """The table under another name, for joins; kept, since making one is slow."""
        known = self._aliases.get((table.name, number))
        if known is None:
            known = self._aliases[table.name, number] = table.alias(f"{table.name}_{number}")
        return known

    def column(self, key: str) -> FieldColumn:
        """The stored field with that key."""
        found = self.fields.get(key)
        if found is None:
            raise UnknownNameError(self.name, key)
        return found


@dataclass(frozen=True, slots=True)
class Tables:
    """All entities that have tables; `version` changes with every change of the map."""

    version: int
    entities: Mapping[str, EntityTables] = field(default_factory=dict)

    def __getitem__(self, entity: str) -> EntityTables:
        """The tables of an entity."""
        found = self.entities.get(entity)
        if found is None:
            raise UnknownNameError(entity)
        return found

    def table(self, entity: str) -> Table:
        """The table of current rows."""
        return self[entity].current

    def history(self, entity: str) -> Table | None:
        """The table of versions; None for a log."""
        return self[entity].history

    def column(self, entity: str, key: str) -> Column[Any]:
        """The current column of a field."""
        return self[entity].current.c[self[entity].column(key).name]


def tables_of(uow: UnitOfWork, catalog: Catalog | None = None) -> Tables:  # noqa: ARG001 - the map in the database says it all; callers name their catalog
    """The tables as the database has them now; built again only when the map changed."""
    version = in_force(uow).map_version
    known = last_known(uow)
    if known is not None and known.version == version:
        return known
    built = _build(uow, version, before=uow.memo.get(_NEWEST, {}))
    uow.memo[_NEWEST] = built.entities
    if not uow.writable:  # a writing unit may yet be rolled back
        uow.memo["tables"] = built
    return built


def last_known(uow: UnitOfWork) -> Tables | None:
    """The tables as they were found last, perhaps by an older map: its columns are still there."""
    known = uow.memo.get("tables")
    return known if isinstance(known, Tables) else None


def map_changed(uow: UnitOfWork) -> None:
    """Say that the map of names to tables and columns is another one now."""
    settings_table.put(uow, MAP_VERSION, str(in_force(uow).map_version + 1))
    changed(uow)


def _build(uow: UnitOfWork, version: int, *, before: Mapping[str, EntityTables]) -> Tables:
    """All entities; those that are as they were are the same objects, with their statements."""
    columns: dict[int, dict[str, FieldColumn]] = {}
    for row in uow.execute(select(field_map).order_by(field_map.c.id)):
        columns.setdefault(row.entity_id, {})[row.key] = FieldColumn(
            row.id, row.key, row.storage, row.scale, row.type, row.target, bool(row.hidden)
        )
    metadata = MetaData()
    entities: dict[str, EntityTables] = {}
    for row in uow.execute(select(entity_map)):
        mine = columns.get(row.id, {})
        known = before.get(row.name)
        if known is not None and known.describes(row.id, row.parent, mine, log=bool(row.log)):
            entities[row.name] = known
        else:
            entities[row.name] = build_entity(
                metadata,
                name=row.name,
                number=row.id,
                log=bool(row.log),
                parent=row.parent,
                columns=mine,
            )
    return Tables(version, entities)


def build_entity(
    metadata: MetaData,
    *,
    name: str,
    number: int,
    log: bool,
    parent: str | None,
    columns: Mapping[str, FieldColumn],
) -> EntityTables:
    """Describe the tables of one entity."""
    stored, children = _parted(columns)
    current = Table(
        f"e{number}",
        metadata,
        Column("id", PK, primary_key=True, autoincrement=True),
        Column("uid", TEXT, nullable=False, unique=True),
        *_shared_columns(),
        Column("rev", BIGINT, nullable=False),
        *(field_column(c) for c in stored.values()),
        sqlite_strict=True,
    )
    history = None if log else _history_table(metadata, number, stored)
    return EntityTables(name, number, log, parent, stored, children, current, history)


def _parted(columns: Mapping[str, FieldColumn]) -> tuple[dict[str, FieldColumn], dict[str, str]]:
    """What is stored in columns, and the child entities of the others."""
    stored = {key: c for key, c in columns.items() if c.storage != "child"}
    return stored, {key: c.target or "" for key, c in columns.items() if c.storage == "child"}


def field_column(column: FieldColumn) -> Column[Any]:
    """A fresh SQLAlchemy column for a field."""
    kept = {"type": column.type}
    return Column(column.name, STORAGE_TYPES[column.storage], nullable=True, info=kept)


def _history_table(metadata: MetaData, number: int, stored: Mapping[str, FieldColumn]) -> Table:
    return Table(
        f"e{number}_h",
        metadata,
        Column("hid", PK, primary_key=True, autoincrement=True),
        Column("id", BIGINT, nullable=False),
        Column("uid", TEXT, nullable=False),
        *_shared_columns(),
        Column("rev_from", BIGINT, nullable=False),
        Column("rev_to", BIGINT, nullable=False),
        *(field_column(c) for c in stored.values()),
        sqlite_strict=True,
    )


def _shared_columns() -> list[Column[Any]]:
    """What every row and every version has."""
    return [
        Column("version", BIGINT, nullable=False),
        Column("deleted", TRUTH, nullable=False),
        Column("created_at", BIGINT, nullable=False),
        Column("created_by", TEXT, nullable=False),
        Column("updated_at", BIGINT, nullable=False),
        Column("updated_by", TEXT, nullable=False),
        Column("parent_id", BIGINT),
        Column("position", BIGINT),
        Column("origin_kind", TEXT, nullable=False),
        Column("origin_source", TEXT),
        Column("origin_run", BIGINT),
        Column("origin_delay_us", BIGINT),
    ]
