"""Dates, instants and durations: values written in ISO 8601 and kept as integers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from builder.fields.base import FieldType, Problem, blank, expected

if TYPE_CHECKING:
    from collections.abc import Callable

    from builder.json_text import Json
    from builder.model.entity import Field
    from dsl.types import Raw, Type


@dataclass(frozen=True, slots=True)
class Notation:
    """How one kind of time is written; `reader` raises ValueError."""

    example: str
    reader: Callable[[str], int]
    writer: Callable[[int], str]
    kind: Callable[[bool], Type]  # nullable -> type

    def read(self, text: str | None) -> int | None:
        """The raw value, or None when the text is none."""
        try:
            return None if text is None else self.reader(text)
        except (ValueError, OverflowError):
            return None

    def formula_type(self, field: Field) -> Type:
        """The type in formulas."""
        return self.kind(not field.required)

    def parse(self, field: Field, value: Json) -> Raw | Problem:
        """The raw value, or why it is refused."""
        if blank(value):
            return None
        raw = self.read(value) if isinstance(value, str) else None
        if raw is None:
            return expected(self.example)
        low, high = self.read(field.min), self.read(field.max)
        if low is not None and raw < low:
            return Problem("BLD403", {"limit": field.min or ""})
        if high is not None and raw > high:
            return Problem("BLD404", {"limit": field.max or ""})
        return raw

    def dump(self, field: Field, raw: Raw) -> Json:
        """The ISO text."""
        del field
        return self.writer(raw) if isinstance(raw, int) else None


def temporal(key: str, notation: Notation) -> FieldType:
    """A type of time; `min` and `max` of the field are values of it."""
    return FieldType(
        key=key,
        storage="bigint",
        formula_type=notation.formula_type,
        parse=notation.parse,
        dump=notation.dump,
        json_schema=lambda _field: {"type": ["string", "null"], "maxLength": 40},
        settings=frozenset({"min", "max"}),
    )
