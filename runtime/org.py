"""Work out what an actor may reach today: roles and the place in the organisation to a scope."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from runtime.decide.access import Right, metrics_seen, right
from runtime.errors import NotAllowed
from store import people
from store.scope import NOTHING, AnyOf, Leads, Scope
from store.system_scope import SYSTEM

if TYPE_CHECKING:
    from collections.abc import Iterator

    from builder.catalog import Catalog
    from builder.model.entity import Entity
    from builder.model.others import ActionRight, Role
    from dsl.formula import Formula
    from runtime.context import Actor, Context
    from store.record_tables import Tables
    from store.scope import RowTest
    from store.unit import UnitOfWork

WRITING: frozenset[ActionRight] = frozenset({"create", "update", "delete"})


def roles_of(catalog: Catalog, actor: Actor) -> list[Role]:
    """The actor's roles that still exist."""
    return [catalog.roles[name] for name in actor.roles if name in catalog.roles]


def entity_right(catalog: Catalog, actor: Actor, name: str, action: ActionRight) -> Right | None:
    """What the actor's roles allow; the rows of a child table go with their record."""
    entity = catalog.entities.get(name)
    if entity is None or (entity.system and action in WRITING):
        return None
    if actor.admin:
        return Right(frozenset({"all"}))
    found = right(entity, action, roles_of(catalog, actor))
    if found is None and entity.parent is not None:
        return entity_right(catalog, actor, entity.parent, action)
    return found


def can(ctx: Context, entity: str, action: ActionRight) -> bool:
    """Whether the actor has the action on some record of the entity."""
    return entity_right(ctx.catalog, ctx.actor, entity, action) is not None


def require(ctx: Context, entity: str, action: ActionRight) -> None:
    """Refuse the verb unless the actor has the action on the entity."""
    if not can(ctx, entity, action):
        raise NotAllowed(f"{action} {entity}")


def require_admin(ctx: Context) -> None:
    """Refuse the verb unless the actor administers the system."""
    if not ctx.actor.admin:
        raise NotAllowed("admin")


def hidden_of(ctx: Context, entity: str, action: ActionRight = "read") -> frozenset[str]:
    """The fields of an entity that the actor must not see, or must not write."""
    found = entity_right(ctx.catalog, ctx.actor, entity, action)
    return frozenset() if found is None else found.hidden


def sees_metric(ctx: Context, metric: str) -> bool:
    """Whether the actor sees measurements of the metric (of subjects he can read)."""
    return ctx.actor.admin or metric in metrics_seen(roles_of(ctx.catalog, ctx.actor))


def scope_for(ctx: Context, action: ActionRight) -> Scope:
    """The rows the actor reaches with an action."""
    if action == "read":
        return ctx.scope
    return scope_of(ctx.uow, ctx.catalog, ctx.tables, actor=ctx.actor, action=action)


def scope_of(
    uow: UnitOfWork,
    catalog: Catalog,
    tables: Tables,
    *,
    actor: Actor,
    action: ActionRight = "read",
) -> Scope:
    """The rows and fields an actor reaches with an action, by today's organisation."""
    if actor.admin:
        return SYSTEM
    if actor.person_id is None and not actor.roles:
        return NOTHING
    place = _Place(uow, tables, actor.person_id)
    filters: dict[str, RowTest] = {}
    hidden: dict[str, frozenset[str]] = {}
    for name, entity in catalog.entities.items():
        found = right(entity, action, roles_of(catalog, actor))
        if found is None:
            continue
        formulas = _formulas(catalog, actor, entity, action)
        filters[name] = _row_test(entity, found, place, formulas)
        hidden[name] = found.hidden
    if action == "read" and "sys.task" not in filters:
        filters["sys.task"] = _leads("assignee", place.own)
    return Scope(filters=filters, hidden=hidden, person_id=actor.person_id)


@dataclass
class _Place:
    """Where a person stands in the organisation; looked up when a grant asks."""

    uow: UnitOfWork
    tables: Tables
    person_id: int | None

    @cached_property
    def own(self) -> frozenset[int]:
        """The person."""
        return frozenset() if self.person_id is None else frozenset({self.person_id})

    @cached_property
    def subordinates(self) -> frozenset[int]:
        """The person and everybody below."""
        if self.person_id is None:
            return frozenset()
        return self.own | frozenset(people.subordinates(self.uow, self.tables, self.person_id))

    @cached_property
    def department(self) -> frozenset[int]:
        """The person's department."""
        if self.person_id is None:
            return frozenset()
        found = people.department_of(self.uow, self.tables, self.person_id)
        return frozenset() if found is None else frozenset({found})

    @cached_property
    def subtree(self) -> frozenset[int]:
        """The person's department and all departments under it."""
        below = (people.departments_under(self.uow, self.tables, each) for each in self.department)
        return self.department.union(*below)


def _row_test(
    entity: Entity, found: Right, place: _Place, formulas: tuple[Formula, ...]
) -> RowTest:
    if found.is_everything:
        return "all"
    tests: tuple[RowTest, ...] = (*_anchored(entity, found, place), *formulas)
    match tests:
        case ():
            return "none"
        case (only,):
            return only
        case _:
            return AnyOf(tests)


def _anchored(entity: Entity, found: Right, place: _Place) -> Iterator[RowTest]:
    """The scopes that hang on the owner or the department; publish refuses those without."""
    for scope in sorted(found.scopes):
        match scope:
            case "own" if entity.access.owner is not None:
                yield _leads(entity.access.owner, place.own)
            case "subordinates" if entity.access.owner is not None:
                yield _leads(entity.access.owner, place.subordinates)
            case "department" if entity.access.department is not None:
                yield _leads(entity.access.department, place.department)
            case "subtree" if entity.access.department is not None:
                yield _leads(entity.access.department, place.subtree)
            case _:
                continue


def _leads(path: str, ids: frozenset[int]) -> RowTest:
    return Leads(path, ids) if ids else "none"


def _formulas(
    catalog: Catalog, actor: Actor, entity: Entity, action: ActionRight
) -> tuple[Formula, ...]:
    found: dict[str, Formula] = {}
    for name in (role.name for role in roles_of(catalog, actor)):
        compiled = catalog.compiled_role(name)
        for grant in compiled.role.grants:
            formula = compiled.condition(grant)
            if grant.entity == entity.name and action in grant.actions and formula is not None:
                found[formula.hash] = formula
    return tuple(found.values())
