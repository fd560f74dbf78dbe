"""Which rows and fields a reader may see, as data; made by the runtime, applied by `query`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

    from builder.masks import Mask
    from dsl.formula import Formula


@dataclass(frozen=True, slots=True)
class Leads:
    """Rows whose to-one path ends at one of these records ("" is the row itself)."""

    path: str
    ids: frozenset[int]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Rows that pass at least one of the tests."""

    tests: tuple[RowTest, ...]


RowTest: TypeAlias = 'Literal["all", "none"] | Formula | Leads | AnyOf'


@dataclass(frozen=True, slots=True)
class Scope:
    """Rows by entity (an entity not named: `otherwise`), and fields that stay out of sight.

    The rows of a child table are seen with their record unless the child entity is named.
    A masked field is out of sight like a hidden one, only that it is there is told, and what its
    mask in `masks` lets through. Tests of rows
    read where people stand on the day `today`; without a day, what their records say.
    """

    filters: Mapping[str, RowTest] = field(default_factory=dict)
    hidden: Mapping[str, frozenset[str]] = field(default_factory=dict)
    masked: Mapping[str, frozenset[str]] = field(default_factory=dict)
    otherwise: Literal["all", "none"] = "none"
    person_id: int | None = None
    today: int | None = None
    masks: Mapping[str, Mapping[str, Mask]] = field(default_factory=dict)

    def rows(self, entity: str, *, parent: str | None = None) -> RowTest:
        """The test for rows of an entity."""
        if entity in self.filters:
            return self.filters[entity]
        return self.otherwise if parent is None else self.rows(parent)

    def hides(self, entity: str, field_key: str) -> bool:
        """Whether the value of that field is out of sight, hidden or masked."""
        nothing: frozenset[str] = frozenset()
        return field_key in self.hidden.get(entity, nothing) | self.masked.get(entity, nothing)

    def partly(self, entity: str) -> Mapping[str, Mask]:
        """The masked fields of which something stays in sight; none of them can be asked for."""
        return self.masks.get(entity, {})


NOTHING = Scope()
