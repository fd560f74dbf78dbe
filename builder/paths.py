"""Follow a dotted path from an entity through its references."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from builder.schemas import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping

    from builder.model.entity import Entity, Field

POINTERS = frozenset({"reference", "person", "department"})


@dataclass(frozen=True, slots=True)
class Reached:
    """The end of a path: its last field (None for "") and the entity it points to, if any."""

    field: Field | None
    entity: str | None

    def describe(self) -> str:
        """What is there, for a message."""
        return self.entity or (self.field.type if self.field else "?")


@dataclass(frozen=True, slots=True)
class Missing:
    """Where a path breaks."""

    entity: str
    segment: str
    guess: str | None = None


def follow(entities: Mapping[str, Entity], start: str, path: str) -> Reached | Missing:
    """Where `path` leads from a record of `start`; "" is the record itself."""
    here: str | None = start
    reached: Field | None = None
    for segment in path.split(".") if path else []:
        entity = entities.get(here or "")
        if entity is None:
            return Missing(here or (reached.type if reached else start), segment)
        reached = entity.field(segment)
        if reached is None:
            return Missing(entity.name, segment, did_you_mean(segment, _keys(entity)))
        here = reached.entity if reached.type in POINTERS else None
    return Reached(reached, here)


def _keys(entity: Entity) -> list[str]:
    return [field.key for field in entity.fields]


def single_path(entities: Mapping[str, Entity], start: str, goal: str) -> str | None:
    """The one reference field of `start` that points to `goal`; None if there is none or two."""
    found = [f.key for f in entities[start].fields if f.type in POINTERS and f.entity == goal]
    return found[0] if len(found) == 1 else None
