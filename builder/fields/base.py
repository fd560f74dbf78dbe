"""What a type of field is: how it is stored, typed, read from JSON and written to JSON."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field as attribute
from typing import TYPE_CHECKING, Any, Literal

import builder.codes  # noqa: F401 - registers the messages of the codes used here

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from builder.json_text import Json
    from builder.model.entity import Field
    from dsl.types import Raw, Type

Storage = Literal["bigint", "text", "boolean", "ref"]

# Settings every type understands; a FieldType adds its own.
COMMON_SETTINGS = frozenset(
    {"help", "required", "default", "track_origin", "privacy", "purpose", "hidden"}
)


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a value is refused: a code and the arguments of its message (label is added)."""

    code: str
    args: Mapping[str, str] = attribute(default_factory=dict)


def no_scale(field: Field) -> int | None:
    """Most types are not numbers."""
    del field
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldType:
    """One type of field. `storage` is None when nothing of it is in the record's own row.

    `comparisons` are what a filter may ask of it, where that is not what its formula type tells
    (`builder.operators`); `to_text` and `from_text` are its form in the cell of a table file.
    """

    key: str
    storage: Storage | None
    formula_type: Callable[[Field], Type]
    parse: Callable[[Field, Json], Raw | Problem]
    dump: Callable[[Field, Raw], Json]
    json_schema: Callable[[Field], Mapping[str, Any]]
    comparisons: tuple[str, ...] | None = None
    scale: Callable[[Field], int | None] = no_scale
    settings: frozenset[str] = frozenset()
    needs: frozenset[str] = frozenset()
    cell: Callable[[Field, Raw], str] | None = None  # when the text is not that of `dump`
    read_cell: Callable[[Field, str], Raw | Problem] | None = None  # nor what `parse` reads

    def to_text(self, field: Field, raw: Raw) -> str:
        """A value as the cell of a table file; blank for null."""
        if self.cell is not None and raw is not None:
            return self.cell(field, raw)
        dumped = self.dump(field, raw)
        return "" if dumped is None else str(dumped)

    def from_text(self, field: Field, text: str) -> Raw | Problem:
        """What a cell of a table file means."""
        if not text.strip():
            return self.parse(field, None)
        return (
            self.parse(field, text)
            if self.read_cell is None
            else self.read_cell(field, text.strip())
        )


def expected(what: str) -> Problem:
    """The value is of another kind than the field wants: an example, or a registered phrase."""
    return Problem("BLD402", {"expected": what})


def as_is(field: Field, raw: Raw) -> Json:
    """The raw value is its own JSON."""
    del field
    return raw


def rows_only(field: Field, value: Json) -> Raw | Problem:
    """Rows are read by their own entity: no single value stands for them."""
    del field
    return None if value is None else expected("a list of rows")


def nothing(field: Field, raw: Raw) -> Json:
    """There is no single value to write."""
    del field, raw
    return None


def blank(value: Json) -> bool:
    """Nothing was filled in: empty text is null everywhere."""
    return value is None or value == ""
