"""Work out what an actor may reach today: roles and the place in the organisation to a scope."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from builder.masks import Mask
from runtime.context import day_of
from runtime.decide.access import EVERYTHING, Right, gives, metrics_seen, right
from runtime.errors import NotAllowed
from store.people import DATED, PERSON, Organisation
from store.scope import NOTHING, AnyOf, Leads, Scope
from store.system_scope import SYSTEM

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from builder.catalog import Catalog
    from builder.model.entity import Entity
    from builder.model.others import ActionRight, Grant, Role, RowScope
    from dsl.formula import Formula
    from runtime.context import Actor, Context
    from store.record_tables import Tables
    from store.scope import RowTest
    from store.unit import UnitOfWork

WRITING: frozenset[ActionRight] = frozenset({"create", "update", "delete"})


def roles_of(catalog: Catalog, actor: Actor) -> list[Role]:
    """The actor's roles that still exist."""
    return [catalog.roles[name] for name in actor.roles if name in catalog.roles]


@dataclass(frozen=True, slots=True)
class Rights:
    """What roles allow with one action, in the words of a scope as far as no place decides."""

    of: Mapping[str, Right]  # by each entity that a grant names
    fixed: Mapping[str, RowTest]  # rows that everybody with these roles reaches, or nobody
    hidden: Mapping[str, frozenset[str]]
    masked: Mapping[str, frozenset[str]]
    masks: Mapping[str, Mapping[str, Mask]]


def rights_of(catalog: Catalog, actor: Actor, action: ActionRight) -> Rights:
    """What the actor's roles allow; the same for everybody with these roles."""
    return catalog.once(
        ("rights", actor.roles, action),
        lambda: collected(catalog, roles_of(catalog, actor), action),
    )


def collected(catalog: Catalog, roles: Sequence[Role], action: ActionRight) -> Rights:
    """What roles allow together; worked out anew."""
    of = {
        name: found
        for name, entity in catalog.entities.items()
        if (found := right(entity, action, roles)) is not None
    }
    fixed: dict[str, RowTest] = {name: "all" for name, found in of.items() if found.is_everything}
    for entity in catalog.entities.values():
        above = of.get(entity.parent or "")
        if above is not None and entity.name not in of:
            owner = catalog.entity(entity.parent or "")
            if _is_barred(owner, entity.name, above):
                fixed[entity.name] = "none"
    return Rights(
        of=of,
        fixed=fixed,
        hidden={name: found.hidden for name, found in of.items()},
        masked={name: found.masked for name, found in of.items()},
        masks={name: found.masks for name, found in of.items() if found.masks},
    )


def entity_right(catalog: Catalog, actor: Actor, name: str, action: ActionRight) -> Right | None:
    """What the actor's roles allow; the rows of a child table go with their record."""
    entity = catalog.entities.get(name)
    if entity is None or (entity.system and action in WRITING):
        return None
    if actor.admin:
        return EVERYTHING
    found = rights_of(catalog, actor, action).of.get(name)
    if found is None and entity.parent is not None:
        return _with_record(catalog, actor, entity, action)
    return found


def _with_record(
    catalog: Catalog, actor: Actor, entity: Entity, action: ActionRight
) -> Right | None:
    """The right on child rows that no grant names: that on their record, if its table is seen."""
    owner = catalog.entities.get(entity.parent or "")
    above = None if owner is None else entity_right(catalog, actor, owner.name, action)
    if owner is None or above is None or _is_barred(owner, entity.name, above):
        return None
    return Right(above.scopes, above.formulas)


def _is_barred(owner: Entity, child: str, above: Right) -> bool:
    """Whether the field that holds the child rows is out of sight."""
    return any(item.entity == child and item.key in above.barred for item in owner.fields)


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


def hidden_of(ctx: Context, entity: str) -> frozenset[str]:
    """The fields of an entity whose values the actor must not see: hidden or masked."""
    found = entity_right(ctx.catalog, ctx.actor, entity, "read")
    return frozenset() if found is None else found.barred


def masked_of(ctx: Context, entity: str) -> frozenset[str]:
    """The fields of an entity that the actor sees as a mask."""
    found = entity_right(ctx.catalog, ctx.actor, entity, "read")
    return frozenset() if found is None else found.masked


def masks_of(ctx: Context, entity: str) -> dict[str, Mask]:
    """The fields of an entity that the actor sees as a mask, and what each lets through."""
    found = entity_right(ctx.catalog, ctx.actor, entity, "read")
    return {} if found is None else {key: found.masks.get(key, Mask()) for key in found.masked}


def is_known(ctx: Context, entity: str, key: str) -> bool:
    """Whether the actor may know that the entity has the field."""
    found = entity_right(ctx.catalog, ctx.actor, entity, "read")
    return found is None or key not in found.hidden


def unwritable_of(ctx: Context, entity: str, action: ActionRight) -> frozenset[str]:
    """The fields of an entity that the actor must not write.

    What is out of sight is not changed either: that a change was none, or that somebody else was
    faster, would tell the value. Nor is what is unique together with it: a refusal would tell it.
    """
    found = entity_right(ctx.catalog, ctx.actor, entity, action)
    barred = frozenset[str]() if found is None else found.unwritable
    unseen = hidden_of(ctx, entity)
    if not unseen:
        return barred
    telling = _unique_with(ctx.catalog.entity(entity), unseen)
    return barred | (unseen | telling if action == "update" else unseen & telling)


def _unique_with(entity: Entity, unseen: frozenset[str]) -> frozenset[str]:
    """The fields that are unique together with one of these."""
    return frozenset(key for keys in entity.unique if unseen & set(keys) for key in keys)


def sees_metric(ctx: Context, metric: str) -> bool:
    """Whether the actor sees measurements of the metric (of subjects he can read)."""
    return ctx.actor.admin or metric in metrics_seen(roles_of(ctx.catalog, ctx.actor))


def scope_for(ctx: Context, action: ActionRight) -> Scope:
    """The rows the actor reaches with an action."""
    if action == "read":
        return ctx.scope
    today = day_of(ctx.now, ctx.zone)
    return scope_of(ctx.uow, ctx.catalog, ctx.tables, actor=ctx.actor, today=today, action=action)


def scope_of(
    uow: UnitOfWork,
    catalog: Catalog,
    tables: Tables,
    *,
    actor: Actor,
    today: int,
    action: ActionRight = "read",
) -> Scope:
    """The rows and fields an actor reaches with an action, by the organisation of a day."""
    if actor.admin:
        return SYSTEM
    if actor.person_id is None and not actor.roles:
        return NOTHING
    place = Standing(Organisation(uow, tables, today), actor.person_id)
    reach = Reach(catalog, actor, place, action)
    rights = rights_of(catalog, actor, action)
    placed = {
        name: reach.row_test(name, found)
        for name, found in rights.of.items()
        if name not in rights.fixed
    }
    filters = {**rights.fixed, **placed}
    if action == "read" and "sys.task" not in filters:
        filters["sys.task"] = _leads("assignee", place.own)
    return Scope(
        filters=filters,
        hidden=rights.hidden,
        masked=rights.masked,
        masks=rights.masks,
        person_id=actor.person_id,
        today=today,
    )


@dataclass
class Standing:
    """Where a person stands in the organisation; looked up when a grant asks."""

    organisation: Organisation
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
        return self.own | self.organisation.subordinates(self.person_id)

    @cached_property
    def department(self) -> frozenset[int]:
        """The person's departments."""
        if self.person_id is None:
            return frozenset()
        return self.organisation.departments_of(self.person_id)

    @cached_property
    def subtree(self) -> frozenset[int]:
        """The person's departments and all departments under them."""
        return self.organisation.departments_under(self.department)


ANCHORED: Mapping[RowScope, Literal["owner", "department"]] = {
    "own": "owner",
    "subordinates": "owner",
    "department": "department",
    "subtree": "department",
}


@dataclass(frozen=True, slots=True)
class Reach:
    """Which rows of entities an actor reaches with an action."""

    catalog: Catalog
    actor: Actor
    place: Standing
    action: ActionRight

    def row_test(self, name: str, found: Right) -> RowTest:
        """The test of rows that a right comes to."""
        if found.is_everything:
            return "all"
        entity = self.catalog.entity(name)
        scopes = sorted(scope for scope in found.scopes if scope in ANCHORED)
        anchored = (self._anchored(entity, scope) for scope in scopes)
        tests = tuple(test for test in (*anchored, *self._formulas(entity)) if test != "none")
        match tests:
            case ():
                return "none"
            case (only,):
                return only
            case _:
                return AnyOf(tests)

    def of_grant(self, entity: Entity, role: str, grant: Grant) -> RowTest:
        """The test of rows that one grant of a role comes to."""
        if grant.rows == "all":
            return "all"
        if grant.rows != "formula":
            return self._anchored(entity, grant.rows)
        return self.catalog.compiled_role(role).condition(grant) or "none"

    def _anchored(self, entity: Entity, scope: RowScope) -> RowTest:
        """A scope that hangs on the owner or the department; publish refuses those without."""
        path = getattr(entity.access, ANCHORED[scope])
        ids: frozenset[int] = getattr(self.place, scope)
        return "none" if path is None else self.leading(entity, path, ids)

    def leading(self, entity: Entity, path: str, ids: frozenset[int]) -> RowTest:
        """Rows whose path ends at one of these records today.

        Where assignments say what a step leads to, the steps from there on are walked back here:
        one person may stand at several places, a column holds one.
        """
        steps = path.split(".") if path else []
        owners = self._owners(entity, steps)
        while ids and any(_is_dated(owner, key) for owner, key in zip(owners, steps, strict=True)):
            ids = self.place.organisation.pointing(owners.pop().name, steps.pop(), ids)
        return _leads(".".join(steps), ids)

    def _owners(self, entity: Entity, steps: Sequence[str]) -> list[Entity]:
        """The entity that each step of a path starts from."""
        owners, here = [], entity
        for key in steps:
            owners.append(here)
            item = here.field(key)
            target = None if item is None else self.catalog.entities.get(item.entity or item.type)
            here = here if target is None else target
        return owners

    def _formulas(self, entity: Entity) -> tuple[Formula, ...]:
        found: dict[str, Formula] = {}
        for name in (role.name for role in roles_of(self.catalog, self.actor)):
            compiled = self.catalog.compiled_role(name)
            for grant in compiled.role.grants:
                formula = compiled.condition(grant)
                if gives(grant, entity.name, self.action) and formula is not None:
                    found[formula.hash] = formula
        return tuple(found.values())


def _is_dated(owner: Entity, key: str) -> bool:
    return owner.name == PERSON and key in DATED


def _leads(path: str, ids: frozenset[int]) -> RowTest:
    return Leads(path, ids) if ids else "none"
