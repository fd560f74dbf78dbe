"""Say why somebody may see or change a record: role, grant, scope, way through the organisation."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from runtime.decide.access import gives, sight
from runtime.describe import known_entity
from runtime.errors import NotAllowed, NotFound
from runtime.lookups import displays, one_id, reachable, read
from runtime.org import ANCHORED, Reach, Standing, entity_right, roles_of, unwritable_of
from runtime.sign_in import actor_for
from store import accounts
from store.people import DEPARTMENT, PERSON, Organisation
from store.query import Query
from store.scope import Scope
from store.system_scope import SYSTEM

if TYPE_CHECKING:
    from collections.abc import Mapping

    from builder.model.entity import Entity
    from builder.model.others import ActionRight, Grant, Role
    from runtime.context import Actor, Context

Json = dict[str, Any]
ACTIONS: tuple[ActionRight, ...] = ("read", "update", "delete", "export")


def explain_access(ctx: Context, name: str, uid: str, *, login: str | None = None) -> Json:
    """What lets a person read and write one record and each of its fields, or what is missing.

    Everybody may ask about themselves, for records they see; an administrator about anybody.

    Raises:
        NotAllowed: somebody else's rights are none of the actor's business.
        NotFound: there is no such record or account.
    """
    return explain_record(ctx, name, uid, actor=_asked_for(ctx, login))


def explain_record(ctx: Context, name: str, uid: str, *, actor: Actor) -> Json:
    """The same for an actor, of a record that whoever asks can see."""
    entity = known_entity(ctx, name)
    record = one_id(ctx, name, uid)
    if entity.parent is not None and not _is_named(ctx, actor, name):
        (row,) = read(ctx, Query(name, select=("parent_id",), ids=(record,)), scope=SYSTEM).rows
        entity, record = ctx.catalog.entity(entity.parent), int(row["parent_id"])
    asked = _Asked(ctx, actor, entity, record)
    return {
        "entity": entity.name,
        "uid": uid,
        "login": actor.name,
        "admin": actor.admin,
        "actions": {action: asked.action(action) for action in ACTIONS},
        "fields": [] if actor.admin else asked.fields(),
    }


def _asked_for(ctx: Context, login: str | None) -> Actor:
    if login is None or login == ctx.actor.name:
        return ctx.actor
    if not ctx.actor.admin:
        raise NotAllowed("admin")
    return account_actor(ctx, login)


def account_actor(ctx: Context, login: str) -> Actor:
    """The actor an account would be, with the rights of today.

    Raises:
        NotFound: there is no such account.
    """
    account = accounts.by_login(ctx.uow, login)
    if account is None:
        raise NotFound(login[:64])
    return replace(actor_for(ctx.catalog, account), language=ctx.actor.language)


def _is_named(ctx: Context, actor: Actor, entity: str) -> bool:
    grants = [grant for role in roles_of(ctx.catalog, actor) for grant in role.grants]
    return any(grant.entity == entity for grant in grants)


@dataclass(frozen=True, slots=True)
class _Asked:
    """One person and one record."""

    ctx: Context
    actor: Actor
    entity: Entity
    record: int

    def action(self, action: ActionRight) -> Json:
        """Whether the person has the action on the record, and through which grants."""
        if self.actor.admin:
            return {"allowed": True, "grants": []}
        grants = [self._told(role, grant, action) for role, grant in self._grants(action)]
        return {"allowed": any(each["reaches"] for each in grants), "grants": grants}

    def fields(self) -> list[Json]:
        """How each field is seen and whether it is written, with the grants that bar it."""
        ctx = replace(self.ctx, actor=self.actor)
        right = entity_right(ctx.catalog, self.actor, self.entity.name, "read")
        unwritable = unwritable_of(ctx, self.entity.name, "update")
        may_update = entity_right(ctx.catalog, self.actor, self.entity.name, "update") is not None
        return [
            {
                "key": item.key,
                "label": dict(item.label),
                "sees": sight(right, item.key),
                "writes": may_update and item.formula is None and item.key not in unwritable,
                "barred_by": [
                    {"role": role.name, "label": dict(role.label), "rows": grant.rows}
                    for role, grant in self._grants("read")
                    if item.key in (*grant.hidden_fields, *grant.masked_fields)
                ],
            }
            for item in self.entity.fields
            if self.ctx.actor.admin or right is None or item.key not in right.hidden
        ]

    def _grants(self, action: ActionRight) -> list[tuple[Role, Grant]]:
        return [
            (role, grant)
            for role in roles_of(self.ctx.catalog, self.actor)
            for grant in role.grants
            if gives(grant, self.entity.name, action)
        ]

    def _told(self, role: Role, grant: Grant, action: ActionRight) -> Json:
        """One grant: whether it reaches the record, and which way."""
        reaches = self._reaches(role, grant, action)
        return {
            "role": role.name,
            "label": dict(role.label),
            "rows": grant.rows,
            "formula": grant.formula,
            "reaches": reaches,
            "path": self._path(grant) if reaches else [],
        }

    def _reaches(self, role: Role, grant: Grant, action: ActionRight) -> bool:
        alone = replace(self.actor, roles=(role.name,))
        reach = Reach(self.ctx.catalog, alone, self._standing, action)
        test = reach.of_grant(self.entity, role.name, grant)
        day = self._standing.organisation.day
        scope = Scope({self.entity.name: test}, person_id=self.actor.person_id, today=day)
        return bool(reachable(self.ctx, self.entity.name, [self.record], scope=scope))

    @property
    def _standing(self) -> Standing:
        today = self.ctx.params.today or 0
        place = Organisation(self.ctx.uow, self.ctx.tables, today)
        return Standing(place, self.actor.person_id)

    def _path(self, grant: Grant) -> list[str]:
        """The names from the person, or the person's department, down to the record's."""
        anchor = ANCHORED.get(grant.rows)
        place = self._standing
        if anchor is None or self.actor.person_id is None:
            return []
        kind, walked = _walk(place, grant, self.actor.person_id)
        reach = Reach(self.ctx.catalog, self.actor, place, "read")
        for end in walked:
            test = reach.leading(self.entity, getattr(self.entity.access, anchor), frozenset({end}))
            scope = Scope({self.entity.name: test}, today=place.organisation.day)
            if reachable(self.ctx, self.entity.name, [self.record], scope=scope):
                way = _way(walked, end)
                names = displays(self.ctx.as_system, kind, way)
                return [names.get(each, "?") for each in way]
        return []


def _walk(place: Standing, grant: Grant, person: int) -> tuple[str, Mapping[int, int | None]]:
    """What the scope reaches, each with the one it was reached through."""
    match grant.rows:
        case "own":
            return PERSON, {person: None}
        case "subordinates":
            return PERSON, place.organisation.line(person)
        case "department":
            return DEPARTMENT, dict.fromkeys(sorted(place.department))
        case _:
            return DEPARTMENT, place.organisation.tree(sorted(place.department))


def _way(walked: Mapping[int, int | None], end: int) -> list[int]:
    """From the start of a walk to one it met."""
    way: list[int] = []
    here: int | None = end
    while here is not None and here not in way:
        way.append(here)
        here = walked.get(here)
    return way[::-1]
