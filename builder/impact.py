"""What a change reaches: who uses a field, and whose rights become wider."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from builder.check import check, place_of
from builder.codec import AnyDefinition, kind_of
from builder.field_rights import settled
from builder.masks import Mask
from builder.model.entity import Entity

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from builder.catalog import Catalog
    from builder.model.common import Kind
    from builder.model.entity import Field
    from builder.model.others import Grant, Role
    from dsl.diagnostics import Diagnostic

FieldName = tuple[str, str]  # entity, key
REACH = ("own", "subordinates", "department", "subtree", "all")


@dataclass(frozen=True, slots=True, order=True)
class Use:
    """A place in a definition that names a field; `pointer` is where."""

    kind: Kind
    name: str
    pointer: str


@dataclass(frozen=True, slots=True, order=True)
class Wider:
    """What a role may do from now on that it might not before."""

    role: str
    entity: str
    what: str  # an action (with the rows it reaches), `admin`, a metric, or a field that is seen


def used_in(catalog: Catalog, entity: str, key: str) -> tuple[Use, ...]:
    """Every place that names a field."""
    return uses_of(catalog, [(entity, key)])


def uses_of(catalog: Catalog, fields: Collection[FieldName]) -> tuple[Use, ...]:
    """Every place that names one of the fields: what the checker misses when they have no name.

    So the list can not forget a kind of definition that the checker knows.
    """
    if not fields:
        return ()
    known = {_identity(each) for each in check(_whole(catalog, []), manifests={})}
    nameless = _whole(catalog, fields)
    found = check(nameless, manifests={})
    places = {place_of(d): d for d in nameless}
    uses = {
        Use(kind_of(d), d.name, _pointer(d, each.pointer or ""))
        for each in found
        if _identity(each) not in known and (d := places.get(each.file or "")) is not None
    }
    judged = {
        Use("rule", rule, "/signal")
        for use in uses
        if use.kind == "metric"
        for rule in catalog.period_rules_on(use.name)
    }
    return tuple(sorted(uses | judged))


def _whole(catalog: Catalog, fields: Collection[FieldName]) -> list[AnyDefinition]:
    own = {d.name for d in catalog.definitions() if isinstance(d, Entity)}
    changed = {entity for entity, _ in fields}
    built_in = [catalog.entity(name) for name in sorted(changed - own) if name in catalog.entities]
    every: Iterable[AnyDefinition] = (*catalog.definitions(), *built_in)
    return [_nameless(d, fields) if isinstance(d, Entity) else d for d in every]


def _nameless(entity: Entity, fields: Collection[FieldName]) -> Entity:
    if not any(name == entity.name for name, _ in fields):
        return entity
    changed = (_gone(f) if (entity.name, f.key) in fields else f for f in entity.fields)
    return replace(entity, fields=tuple(changed))


def _gone(field: Field) -> Field:
    name = f"{field.key}_without_name"
    return replace(field, key=name, label={"zh-CN": name, "en": name})


def _identity(each: Diagnostic) -> tuple[object, ...]:
    return (each.file, each.pointer, each.code, tuple(sorted(each.args.items())))


def _pointer(definition: AnyDefinition, pointer: str) -> str:
    """A place in an entity by the key of the field, not its number."""
    parts = pointer.split("/")
    if isinstance(definition, Entity) and parts[1:2] == ["fields"] and parts[2:3]:
        parts[2] = definition.fields[int(parts[2])].key
    return "/".join(parts)


# --- rights -------------------------------------------------------------------------------
def widened(before: Catalog, after: Catalog) -> tuple[Wider, ...]:
    """What roles may do and see after a change and might not before it."""
    return tuple(
        sorted({each for role in after.roles.values() for each in _wider(before, after, role)})
    )


def _wider(before: Catalog, after: Catalog, role: Role) -> Iterator[Wider]:
    was = before.roles.get(role.name) or replace(role, grants=(), metrics=(), admin=False)
    if role.admin and not was.admin:
        yield Wider(role.name, "", "admin")
    for metric in sorted(set(role.metrics) - set(was.metrics)):
        yield Wider(role.name, "", metric)
    for grant in role.grants:
        mine = [each for each in was.grants if each.entity == grant.entity]
        yield from (Wider(role.name, grant.entity, what) for what in _more(mine, grant))
        if "read" in grant.actions:
            seen = set[str]().union(*(_seen(before, each) for each in mine))
            for key in sorted(_seen(after, grant) - seen):
                yield Wider(role.name, grant.entity, key)
            for what in _partly(before, mine, grant):
                yield Wider(role.name, grant.entity, what)


def _more(old: Sequence[Grant], grant: Grant) -> Iterator[str]:
    """The actions a grant adds, and rows it reaches with one it had."""
    for action in grant.actions:
        same = [each for each in old if action in each.actions]
        if not same:
            yield action
        elif not any(_reaches(each, grant) for each in same):
            yield f"{action} {grant.rows}"


def _reaches(old: Grant, new: Grant) -> bool:
    """Whether the old grant reached at least as many rows."""
    if old.rows == "all" or (old.rows, old.formula) == (new.rows, new.formula):
        return True
    if "formula" in (old.rows, new.rows):
        return False
    return REACH.index(old.rows) >= REACH.index(new.rows)


def _seen(catalog: Catalog, grant: Grant) -> set[str]:
    entity = catalog.entities.get(grant.entity)
    if entity is None:
        return set()
    given = settled(grant, entity)
    keys = {field.key for field in entity.fields}
    return keys - set(given.hidden_fields) - set(given.masked_fields)


def _partly(catalog: Catalog, old: Sequence[Grant], grant: Grant) -> Iterator[str]:
    """Masks that let more through than before."""
    for key, mask in sorted(grant.masks.items()):
        before = [each.masks.get(key, Mask()) for each in old if key in each.masked_fields]
        shown = any(key in _seen(catalog, each) for each in old)
        if not shown and not any(each.covers(mask) for each in before):
            yield f"{key} {mask.first}…{mask.last}"
