"""Entity: a kind of record and its fields."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from builder.model.common import Definition, Labels

Classification = Literal["normal", "personal", "sensitive"]


@dataclass(frozen=True, slots=True)
class Option:
    """One option of a choice; `id` is stored, labels are shown."""

    id: str
    label: Labels


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A field of an entity; which attributes apply depends on `type` (`builder.fields`)."""

    key: str
    type: str
    label: Labels
    help: Labels | None = None
    required: bool = False
    min: str | None = None
    max: str | None = None
    decimals: int | None = None
    unit: str | None = None
    blank_as_zero: bool = False
    options: tuple[Option, ...] = ()
    entity: str | None = None  # target of reference, child_table; full name
    default: str | None = None  # formula
    formula: str | None = None  # computed field, never stored
    track_origin: bool = False
    classification: Classification = "normal"
    purpose: str | None = None
    hidden: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """The paths that tie a record to a person and to a department, for row scopes."""

    owner: str | None = None
    department: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity(Definition):
    """A kind of record. `log` entities are append-only and have no history."""

    display: str
    fields: tuple[Field, ...]
    access: Access = Access()
    unique: tuple[tuple[str, ...], ...] = ()
    log: bool = False
    parent: str | None = None  # the owning entity when this is the row of a child table
    system: bool = False  # read-only view on a system table (`sys.*`)

    def field(self, key: str) -> Field | None:
        """The field with that key."""
        return next((f for f in self.fields if f.key == key), None)
