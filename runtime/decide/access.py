"""Decide what an actor's roles allow: actions, rows and fields per entity; no I/O.

Roles add up. A field stays barred when some row could be reached only through a grant that bars
it: the grants that allow it must reach at least as far as those that bar it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from builder.field_rights import settled
from builder.masks import Mask

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from builder.model.entity import Entity
    from builder.model.others import ActionRight, Grant, Role, RowScope

# What else a scope covers for certain. "own" and "subordinates" hang on the owner path,
# "department" and "subtree" on the department path, so the two families are never compared.
COVERS: Mapping[str, frozenset[str]] = {
    "own": frozenset({"own"}),
    "subordinates": frozenset({"own", "subordinates"}),
    "department": frozenset({"department"}),
    "subtree": frozenset({"department", "subtree"}),
    "all": frozenset({"own", "subordinates", "department", "subtree", "all", "formula"}),
    "formula": frozenset(),
}
Keys = frozenset[str]
Sight = Literal["shown", "masked", "hidden"]


@dataclass(frozen=True, slots=True)
class Right:
    """What one action on one entity reaches: the union of these scopes and formulas.

    `hidden` and `masked` fields are not shown, one of them as a mask; `read_only` ones are not
    written. `masks` are those of the masked fields that let something through.
    """

    scopes: frozenset[RowScope]
    formulas: tuple[str, ...] = ()
    hidden: Keys = frozenset()
    masked: Keys = frozenset()
    read_only: Keys = frozenset()
    masks: Mapping[str, Mask] = field(default_factory=dict)

    @property
    def is_everything(self) -> bool:
        """Every row may be reached."""
        return "all" in self.scopes

    @property
    def barred(self) -> Keys:
        """The fields whose values are out of sight."""
        return self.hidden | self.masked

    @property
    def unwritable(self) -> Keys:
        """The fields that must not be written."""
        return self.barred | self.read_only


EVERYTHING = Right(frozenset({"all"}))


def right(entity: Entity, action: ActionRight, roles: Iterable[Role]) -> Right | None:
    """What the roles together allow with that entity; None when they allow nothing."""
    grants = [
        settled(grant, entity)
        for role in roles
        for grant in role.grants
        if gives(grant, entity.name, action)
    ]
    if not grants:
        return None
    hidden = barred(grants, lambda grant: grant.hidden_fields)
    out_of_sight = barred(grants, lambda grant: (*grant.hidden_fields, *grant.masked_fields))
    return Right(
        scopes=frozenset(grant.rows for grant in grants),
        formulas=tuple(
            dict.fromkeys(g.formula for g in grants if g.rows == "formula" and g.formula)
        ),
        hidden=hidden,
        masked=out_of_sight - hidden,
        read_only=barred(grants, lambda grant: grant.read_only_fields),
        masks=masks(grants, out_of_sight - hidden),
    )


def masks(grants: Sequence[Grant], masked: Keys) -> dict[str, Mask]:
    """What each masked field lets through on every row within reach."""
    told = {key for grant in grants for key in grant.masks} & masked
    return {
        key: Mask(_kept(grants, key, lambda mask: mask.first), _kept(grants, key, lambda m: m.last))
        for key in sorted(told)
    }


def _kept(grants: Sequence[Grant], key: str, end: Callable[[Mask], int]) -> int:
    """The signs at one end that no row is reached without."""
    kept = [(grant, _end(grant, key, end)) for grant in grants]
    levels = {each for _, each in kept if each is not None}
    shown = [
        level
        for level in levels
        if covers(
            [grant for grant, each in kept if each is None or each >= level],
            [grant for grant, each in kept if each is not None and each < level],
        )
    ]
    return max(shown, default=0)


def _end(grant: Grant, key: str, end: Callable[[Mask], int]) -> int | None:
    """None: the grant shows the field whole."""
    if key in grant.hidden_fields:
        return 0
    return end(grant.masks.get(key, Mask())) if key in grant.masked_fields else None


def sight(found: Right | None, key: str) -> Sight:
    """How a field is seen on the rows within reach."""
    if found is None or key in found.hidden:
        return "hidden"
    return "masked" if key in found.masked else "shown"


def gives(grant: Grant, entity: str, action: ActionRight) -> bool:
    """Whether a grant gives the action on the entity."""
    return grant.entity == entity and action in grant.actions


def barred(grants: Iterable[Grant], bars: Callable[[Grant], Iterable[str]]) -> Keys:
    """The fields that some row could be reached with only through a grant that bars them."""
    known = [(grant, frozenset(bars(grant))) for grant in grants]
    keys = frozenset[str]().union(*(own for _, own in known))
    return frozenset(
        key
        for key in keys
        if not covers(
            [grant for grant, own in known if key not in own],
            [grant for grant, own in known if key in own],
        )
    )


def covers(wide: Iterable[Grant], narrow: Iterable[Grant]) -> bool:
    """Whether these grants reach for certain every row that the others reach."""
    given = list(wide)
    covered = frozenset[str]().union(*(COVERS[grant.rows] for grant in given))
    same = {grant.formula for grant in given if grant.rows == "formula"}
    return all(
        grant.rows in covered or (grant.rows == "formula" and grant.formula in same)
        for grant in narrow
    )


def metrics_seen(roles: Iterable[Role]) -> frozenset[str]:
    """The metrics whose measurements the roles show (for subjects that can be read)."""
    return frozenset(name for role in roles for name in role.metrics)


def is_admin(roles: Iterable[Role]) -> bool:
    """Some role may define, publish and install."""
    return any(role.admin for role in roles)
