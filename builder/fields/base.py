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
    {"help", "required", "default", "track_origin", "classification", "purpose", "hidden"}
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
    """One type of field. `storage` is None when nothing of it is in the record's own row."""

    key: str
    storage: Storage | None
    formula_type: Callable[[Field], Type]
    parse: Callable[[Field, Json], Raw | Problem]
    dump: Callable[[Field, Raw], Json]
    json_schema: Callable[[Field], Mapping[str, Any]]
    scale: Callable[[Field], int | None] = no_scale
    settings: frozenset[str] = frozenset()
    needs: frozenset[str] = frozenset()


def expected(chinese_and_english: str) -> Problem:
    """The value is of another kind than the field wants; the words fit both languages."""
    return Problem("BLD402", {"expected": chinese_and_english})


def as_is(field: Field, raw: Raw) -> Json:
    """The raw value is its own JSON."""
    del field
    return raw


def blank(value: Json) -> bool:
    """Nothing was filled in: empty text is null everywhere."""
    return value is None or value == ""
