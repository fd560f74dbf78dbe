"""Entity: a kind of record and its fields."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from builder.model.common import Definition, Labels

Classification = Literal["normal", "personal", "sensitive"]
Aggregate = Literal["count", "sum", "avg", "min", "max"]
ROWED = frozenset({"child_table", "incoming"})
LISTS = frozenset({"multi_choice", "reference_list"})
MADE = frozenset({"incoming", "sequence"})  # never filled in, though no formula makes them
VALUE = "value"  # the one field of an implied entity


@dataclass(frozen=True, slots=True)
class Option:
    """One option of a choice; `id` is stored, labels are shown."""

    id: str
    label: Labels


@dataclass(frozen=True, slots=True)
class Lookup:
    """A value through references."""

    path: str


@dataclass(frozen=True, slots=True)
class Rollup:
    """An aggregate over rows of the record: a child table, a list or incoming references."""

    of: str
    agg: Aggregate
    value: str | None = None  # a field of the rows; none for count
    where: str | None = None  # which rows


@dataclass(frozen=True, slots=True)
class Privacy:
    """What data about a person is kept for, and for how long."""

    classification: Literal["personal", "sensitive"]
    purpose: Labels
    retain_days: int | None = None  # after the last change of the record; none: with the record


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
    entity: str | None = None  # target of reference, reference_list, child_table, incoming
    entities: tuple[str, ...] = ()  # targets of any_reference
    listed: str | None = None  # the implied entity whose rows are the values of a list
    by: str | None = None  # incoming: the reference of `entity` that points here
    rule: str | None = None  # sequence: how its numbers look
    lookup: Lookup | None = None
    rollup: Rollup | None = None
    default: str | None = None  # formula
    formula: str | None = None  # computed field, never stored
    track_origin: bool = False
    privacy: Privacy | None = None  # of data about a person
    purpose: str | None = None
    hidden: bool = False

    @property
    def classification(self) -> Classification:
        """How much the field says about a person."""
        return "normal" if self.privacy is None else self.privacy.classification

    @property
    def rows(self) -> str | None:
        """The entity of the rows that stand behind the field; None for a single value."""
        return self.entity if self.type in ROWED else self.listed

    @property
    def owns_rows(self) -> bool:
        """Whether its rows are written with the record."""
        return self.type == "child_table" or self.listed is not None

    @property
    def is_filled(self) -> bool:
        """Whether a person may fill it in; the system makes all others."""
        return self.formula is None and self.type not in MADE


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """The paths that tie a record to a person and to a department, for row scopes."""

    owner: str | None = None
    department: str | None = None


@dataclass(frozen=True, slots=True)
class Balance:
    """A ledger's promise: per account the amounts never add up to less than nothing."""

    group_by: tuple[str, ...]  # the fields that name the account
    amount: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity(Definition):
    """A kind of record. `log` entities are append-only and have no history."""

    display: str
    fields: tuple[Field, ...]
    access: Access = Access()
    unique: tuple[tuple[str, ...], ...] = ()
    log: bool = False
    balance: Balance | None = None
    parent: str | None = None  # the owning entity when this is the row of a child table
    system: bool = False  # read-only view on a system table (`sys.*`)
    implied: bool = False  # the values of a list field; no document defines it

    def field(self, key: str) -> Field | None:
        """The field with that key."""
        for each in self.fields:  # a generator would take twice as long, for every value sent
            if each.key == key:
                return each
        return None

    def lists(self) -> tuple[Entity, ...]:
        """The implied entities behind its list fields: one row per value, in order."""
        return tuple(
            Entity(
                name=field.listed,
                label=field.label,
                display=VALUE,
                parent=self.name,
                implied=True,
                log=self.log,
                unique=((VALUE,),),
                fields=(_value_of(field),),
            )
            for field in self.fields
            if field.listed is not None
        )


def _value_of(field: Field) -> Field:
    kind = "choice" if field.type == "multi_choice" else "reference"
    return Field(
        key=VALUE,
        type=kind,
        label=field.label,
        required=True,
        options=field.options,
        entity=field.entity,
        privacy=field.privacy,
    )
