"""What changes from one catalog to the next: definitions by name, and steps on the tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from builder.codec import AnyDefinition, kind_of
from builder.fields import FIELD_TYPES
from builder.model.common import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from builder.catalog import Catalog
    from builder.model.entity import Entity, Field


@dataclass(frozen=True, slots=True)
class AddEntity:
    """A new table; its fields are in `entity`."""

    entity: Entity


@dataclass(frozen=True, slots=True)
class HideEntity:
    """The entity is gone from the catalog; its table stays."""

    entity: str


@dataclass(frozen=True, slots=True)
class AddField:
    """A new column, or a hidden one that comes back."""

    entity: str
    field: Field


@dataclass(frozen=True, slots=True)
class HideField:
    """The field is gone from the catalog; its column stays."""

    entity: str
    field: str


@dataclass(frozen=True, slots=True)
class RetypeField:
    """The field is stored another way: a new column, filled from the old one."""

    entity: str
    before: Field
    after: Field


@dataclass(frozen=True, slots=True)
class NarrowField:
    """The same column, but some values that are there may not be chosen or typed any more."""

    entity: str
    before: Field
    after: Field


@dataclass(frozen=True, slots=True)
class ChangeUnique:
    """The unique keys of an entity are others now."""

    entity: str
    before: tuple[tuple[str, ...], ...]
    after: tuple[tuple[str, ...], ...]


SAME_STORAGE = {"long_text": "text", "person": "reference", "department": "reference"}
FIXED_TARGETS = frozenset({"person", "department"})
Step = AddEntity | HideEntity | AddField | HideField | RetypeField | NarrowField | ChangeUnique
Name = tuple[Kind, str]


@dataclass(frozen=True, slots=True)
class Plan:
    """The steps on tables and the names of definitions that are new, other or gone."""

    steps: tuple[Step, ...]
    added: tuple[Name, ...]
    changed: tuple[Name, ...]
    removed: tuple[Name, ...]

    @property
    def empty(self) -> bool:
        """Nothing would change."""
        return not (self.steps or self.added or self.changed or self.removed)


def diff(old: Catalog | None, new: Catalog) -> Plan:
    """The plan from `old` to `new`; without `old` the built-in entities get their tables too."""
    before = {} if old is None else _by_name(old)
    after = _by_name(new)
    return Plan(
        steps=tuple(_steps({} if old is None else _stored(old), _stored(new))),
        added=tuple(sorted(after.keys() - before.keys())),
        changed=tuple(sorted(n for n in after.keys() & before.keys() if after[n] != before[n])),
        removed=tuple(sorted(before.keys() - after.keys())),
    )


def _by_name(catalog: Catalog) -> dict[Name, AnyDefinition]:
    return {(kind_of(d), d.name): d for d in catalog.definitions()}


def _stored(catalog: Catalog) -> dict[str, Entity]:
    """Entities with tables of their own."""
    return {name: entity for name, entity in catalog.entities.items() if not entity.system}


def _steps(before: dict[str, Entity], after: dict[str, Entity]) -> Iterator[Step]:
    for name in sorted(after.keys() - before.keys()):
        yield AddEntity(after[name])
    for name in sorted(after.keys() & before.keys()):
        yield from _entity_steps(before[name], after[name])
    for name in sorted(before.keys() - after.keys()):
        yield HideEntity(name)


def _entity_steps(before: Entity, after: Entity) -> Iterator[Step]:
    old = {f.key: f for f in before.fields if _has_column(f)}
    new = {f.key: f for f in after.fields if _has_column(f)}
    for key, field in new.items():
        if key not in old:
            yield AddField(after.name, field)
        elif storage_of(old[key]) != storage_of(field):
            yield RetypeField(after.name, old[key], field)
        elif _narrower(old[key], field):
            yield NarrowField(after.name, old[key], field)
    for key in old:
        if key not in new:
            yield HideField(after.name, key)
    if before.unique != after.unique:
        yield ChangeUnique(after.name, before.unique, after.unique)


def _narrower(before: Field, after: Field) -> bool:
    kept = {option.id for option in after.options}
    gone = any(option.id not in kept for option in before.options)
    return gone or (before.type, after.type) == ("long_text", "text")


def _has_column(field: Field) -> bool:
    return FIELD_TYPES[field.type].storage is not None and not field.hidden


def storage_of(field: Field) -> tuple[object, ...]:
    """What a field's column holds; fields that agree in it can share one."""
    kind = FIELD_TYPES[field.type]
    target = field.type if field.type in FIXED_TARGETS else field.entity
    return stored_as(field.type, kind.storage, scale=kind.scale(field), target=target)


def stored_as(
    type_: str, storage: str | None, *, scale: int | None, target: str | None
) -> tuple[object, ...]:
    """Like `storage_of`, for a column as it was made."""
    # the same integer means another thing in a date and in a number, so the type counts too
    meaning = None if scale is not None else SAME_STORAGE.get(type_, type_)
    return (storage, scale, meaning, target)
