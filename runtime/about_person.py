"""Find the records of every entity that are about a person, name him, or were made by him."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from runtime.lookups import POINTING, read
from runtime.values import target_of
from runtime.viewing import owner_path
from store import person_data
from store.people import PERSON
from store.query import Query
from store.scope import AnyOf, Leads, Scope

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from builder.model.entity import Entity
    from runtime.context import Context


@dataclass(frozen=True, slots=True)
class Found:
    """The records of one entity, the trash included: those about the person, and all others."""

    own: frozenset[int]
    others: frozenset[int] = frozenset()

    @property
    def all(self) -> list[int]:
        """Every record, in order."""
        return sorted(self.own | self.others)


def entities_of(ctx: Context) -> list[Entity]:
    """The entities whose records are looked at; rows of child tables go with their record."""
    return [each for each in ctx.catalog.entities.values() if each.parent is None]


def about(ctx: Context, entity: Entity, person_id: int) -> frozenset[int]:
    """The records that are about a person: their owner is; without an owner, whoever they name."""
    path = owner_path(entity)
    if path is not None:
        return _leading(ctx, entity, (path,), person_id)
    return _naming(ctx, entity, person_id)


def found(ctx: Context, entity: Entity, person_id: int, logins: Collection[str]) -> Found:
    """The records about a person, those that name him, and those he made."""
    own = about(ctx, entity, person_id)
    others = _naming(ctx, entity, person_id)
    if not entity.system:
        others |= person_data.made_by(ctx.uow, ctx.tables[entity.name], logins)
    return Found(own, others - own)


def _naming(ctx: Context, entity: Entity, person_id: int) -> frozenset[int]:
    """The records with a field, or a row below, that points to the person."""
    ids = _leading(ctx, entity, _pointers(entity), person_id)
    for child in ctx.catalog.entities.values():
        if child.parent == entity.name and (paths := _pointers(child)):
            scope = _scope(child, paths, person_id)
            rows = read(ctx, Query(child.name, select=("parent_id",)), scope=scope).rows
            ids |= {int(row["parent_id"]) for row in rows if row["parent_id"] is not None}
    return ids


def _pointers(entity: Entity) -> tuple[str, ...]:
    return tuple(
        item.key
        for item in entity.fields
        if item.type in POINTING and item.formula is None and target_of(item) == PERSON
    )


def _leading(ctx: Context, entity: Entity, paths: Sequence[str], person_id: int) -> frozenset[int]:
    """The records with a path that ends at the person."""
    if not paths:
        return frozenset()
    scope = _scope(entity, paths, person_id)
    ids: set[int] = set()
    for deleted in (False,) if entity.system else (False, True):
        rows = read(ctx, Query(entity.name, select=(), deleted=deleted), scope=scope).rows
        ids |= {int(row["id"]) for row in rows}
    return frozenset(ids)


def _scope(entity: Entity, paths: Sequence[str], person_id: int) -> Scope:
    tests = tuple(Leads(path, frozenset({person_id})) for path in paths)
    return Scope(filters={entity.name: AnyOf(tests)}, otherwise="all")
