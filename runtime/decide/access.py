"""Decide what an actor's roles allow: actions, rows and fields per entity; no I/O.

Roles add up. A field stays hidden when some row could be reached only through a grant that
hides it: the grants that show a field must reach at least as far as those that hide it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from builder.model.entity import Entity
    from builder.model.others import ActionRight, Grant, Role, RowScope

# What else a scope covers for certain. "own" and "subordinates" hang on the owner path,
# "department" and "subtree" on the department path, so the two families are never compared.
_COVERS: Mapping[str, frozenset[str]] = {
    "own": frozenset({"own"}),
    "subordinates": frozenset({"own", "subordinates"}),
    "department": frozenset({"department"}),
    "subtree": frozenset({"department", "subtree"}),
    "all": frozenset({"own", "subordinates", "department", "subtree", "all", "formula"}),
    "formula": frozenset(),
}


@dataclass(frozen=True, slots=True)
class Right:
    """What one action on one entity reaches: the union of these scopes and formulas."""

    scopes: frozenset[RowScope]
    formulas: tuple[str, ...] = ()
    hidden: frozenset[str] = frozenset()

    @property
    def is_everything(self) -> bool:
        """Every row may be reached."""
        return "all" in self.scopes


EVERYTHING = Right(frozenset({"all"}))


def right(entity: Entity, action: ActionRight, roles: Iterable[Role]) -> Right | None:
    """What the roles together allow with that entity; None when they allow nothing."""
    grants = [
        grant
        for role in roles
        for grant in role.grants
        if grant.entity == entity.name and action in grant.actions
    ]
    if not grants:
        return None
    return Right(
        scopes=frozenset(grant.rows for grant in grants),
        formulas=tuple(
            dict.fromkeys(g.formula for g in grants if g.rows == "formula" and g.formula)
        ),
        hidden=hidden_fields(grants),
    )


def hidden_fields(grants: Iterable[Grant]) -> frozenset[str]:
    """The fields that must not be shown under these grants together."""
    known = list(grants)
    barred = {key for grant in known for key in (*grant.hidden_fields, *grant.masked_fields)}
    return frozenset(key for key in barred if not _is_shown(key, known))


def _is_shown(key: str, grants: list[Grant]) -> bool:
    shows = [g for g in grants if key not in (*g.hidden_fields, *g.masked_fields)]
    covered = frozenset[str]().union(*(_COVERS[grant.rows] for grant in shows))
    same = {grant.formula for grant in shows if grant.rows == "formula"}
    return all(
        grant.rows in covered or (grant.rows == "formula" and grant.formula in same)
        for grant in grants
        if grant not in shows
    )


def metrics_seen(roles: Iterable[Role]) -> frozenset[str]:
    """The metrics whose measurements the roles show (for subjects that can be read)."""
    return frozenset(name for role in roles for name in role.metrics)


def is_admin(roles: Iterable[Role]) -> bool:
    """Some role may define, publish and install."""
    return any(role.admin for role in roles)
