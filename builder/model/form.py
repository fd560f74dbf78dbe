"""Form: how a record is filled in; data apart from layout."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from builder.model.common import Definition, Labels


@dataclass(frozen=True, slots=True)
class Control:
    """A field on the form."""

    id: str
    field: str


@dataclass(frozen=True, slots=True)
class Box:
    """A section, row of columns or tab that holds other nodes."""

    id: str
    box: Literal["section", "columns", "tabs", "tab"]
    children: tuple[Box | Control, ...]
    label: Labels | None = None


@dataclass(frozen=True, slots=True)
class Consequence:
    """What a rule of a form does to one field."""

    action: Literal["show", "require", "read_only", "offer"]
    field: str
    options: tuple[str, ...] = ()  # offer: the only options to choose from


@dataclass(frozen=True, slots=True)
class FormCondition:
    """While `when` holds, the consequences do; a field with a `show` is hidden otherwise.

    With `rows` it is asked of each row of that child table, and speaks of the row's fields.
    """

    id: str
    when: str
    then: tuple[Consequence, ...]
    rows: str | None = None


@dataclass(frozen=True, slots=True)
class FormCheck:
    """A claim that must not be false on submit, of the record or of each of its `rows`."""

    id: str
    check: str
    message: Labels
    at: str
    rows: str | None = None


@dataclass(frozen=True, slots=True)
class FormFilter:
    """Which records may be chosen `at` a field that points: those of which the filter holds.

    It reads the fields of the target, those of the form behind `form.`, and with `rows` those of
    the same row of that child table behind `row.`.
    """

    id: str
    filter: str
    at: str
    rows: str | None = None


Rule = FormCondition | FormCheck | FormFilter


@dataclass(frozen=True, slots=True, kw_only=True)
class Form(Definition):
    """A form of an entity."""

    entity: str
    layout: tuple[Box | Control, ...]
    rules: tuple[Rule, ...] = ()
    feeds: Labels | None = None  # what the answers are used for (shown to the person)
    general: bool = False  # its rules hold however a record is written, unless a form is named
