"""The statements by which a catalog would get its tables: as they would run, and none is run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import MetaData, func, select

from builder.fields import FIELD_TYPES
from store.record_schema import ASIDE, CHILD, FIXED_TARGETS, fits, statements_of, storage_in
from store.record_tables import FieldColumn, build_entity, tables_of
from store.tables import entity_map, field_map

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from builder.catalog import Catalog
    from builder.model.entity import Entity, Field
    from store.record_tables import EntityTables
    from store.unit import UnitOfWork


def statements(
    uow: UnitOfWork,
    catalog: Catalog,
    *,
    only: Collection[str],
    former: Mapping[tuple[str, str], int],
) -> list[str]:
    """What would run for these entities, as text of this database.

    `former` are fields that come back to a column they had. The numbers of new tables and columns
    are those that would be given now; a publication in between takes them.
    """
    following = _Numbers(uow)
    found: list[str] = []
    for entity in catalog.entities.values():
        if entity.system or (entity.parent if entity.implied else entity.name) not in only:
            continue
        planned = _planned(uow, entity, following, former)
        found += [
            str(each.compile(dialect=uow.connection.dialect)).strip()
            for each in statements_of(uow, entity, planned)
        ]
    return found


class _Numbers:
    """The numbers that new tables and columns would get."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._entity = int(uow.execute(select(func.max(entity_map.c.id))).scalar() or 0)
        self._field = int(uow.execute(select(func.max(field_map.c.id))).scalar() or 0)

    def entity(self) -> int:
        self._entity += 1
        return self._entity

    def field(self) -> int:
        self._field += 1
        return self._field


def _planned(
    uow: UnitOfWork,
    entity: Entity,
    following: _Numbers,
    former: Mapping[tuple[str, str], int],
) -> EntityTables:
    known = tables_of(uow).entities.get(entity.name)
    columns = {} if known is None else dict(known.fields)
    rows = {} if known is None else known.children
    for field, storage in _stored(entity):
        if storage == CHILD:
            if field.key not in rows:
                following.field()  # it has a number like a column, though it is none
            continue
        mapped = columns.get(field.key)
        if mapped is not None and fits(mapped, field, storage):
            continue
        if mapped is not None:
            columns[f"{field.key}{ASIDE}{mapped.id}"] = mapped
        back = former.get((entity.name, field.key))
        there = (each for each in columns.values() if each.id == back)
        columns[field.key] = next(there, None) or _fresh(field, storage, following)
    return build_entity(
        MetaData(),
        name=entity.name,
        number=following.entity() if known is None else known.number,
        log=entity.log,
        parent=entity.parent,
        columns=columns,
    )


def _stored(entity: Entity) -> Iterator[tuple[Field, str]]:
    for field in entity.fields:
        storage = storage_in(field)
        if storage is not None:
            yield field, storage


def _fresh(field: Field, storage: str, following: _Numbers) -> FieldColumn:
    target = field.rows or FIXED_TARGETS.get(field.type, field.entity)
    scale = FIELD_TYPES[field.type].scale(field)
    return FieldColumn(
        following.field(), field.key, storage, scale, field.type, target, hidden=False
    )
