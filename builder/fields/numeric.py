"""Numbers as scaled integers: what integer, decimal, money and percent share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from builder.fields.base import FieldType, Problem, blank, expected
from dsl.types import INT64_MAX, Number, Raw
from dsl.values import format_number, parse_number

if TYPE_CHECKING:
    from builder.json_text import Json
    from builder.model.entity import Field

_PATTERN = r"^-?[0-9]{1,19}(\.[0-9]{1,9})?$"
MAX_FLOAT_DIGITS = 15  # a JSON number with more digits may have lost some on its way
_NUMBER = "a decimal text like 12.5"


def _text(value: Json) -> str | None:
    """The decimal text of a JSON value, if it carries all digits that were meant."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        text = format(value, "f") if "e" in repr(value) else repr(value)
        digits = sum(c.isdigit() for c in text)
        return text if digits <= MAX_FLOAT_DIGITS else None
    return None


def parse_at(text: str, scale: int) -> int | None:
    """The scaled integer, or None when the text is no such number."""
    try:
        return parse_number(text, scale)
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Numeric:
    """A type of number stored at a fixed scale and rounded to `decimals` unless the field says."""

    storage_scale: int
    decimals: int

    def places(self, field: Field) -> int:
        """How many decimals a value of the field is rounded to."""
        return self.decimals if field.decimals is None else min(field.decimals, self.storage_scale)

    def bound(self, text: str | None) -> int | None:
        """`min` or `max` as a raw value."""
        return None if text is None else parse_at(text, self.storage_scale)

    def scale(self, field: Field) -> int | None:
        """The storage scale."""
        del field
        return self.storage_scale

    def formula_type(self, field: Field) -> Number:
        """The number with its unit and bounds."""
        nullable = not field.required and not field.blank_as_zero
        low, high = self.bound(field.min), self.bound(field.max)
        return Number(self.storage_scale, field.unit, nullable, low, high)

    def read(self, field: Field, value: Json) -> int | None:
        """The raw value, rounded to the field's places; None when it is no such number."""
        text = _text(value)
        rounded = None if text is None else parse_at(text, self.places(field))
        if rounded is None:
            return None
        raw = rounded * cast("int", 10 ** (self.storage_scale - self.places(field)))
        return raw if abs(raw) <= INT64_MAX else None

    def parse(self, field: Field, value: Json) -> Raw | Problem:
        """The raw value, or why it is refused."""
        if blank(value):
            return None
        raw = self.read(field, value)
        if raw is None:
            return expected(_NUMBER)
        low, high = self.bound(field.min), self.bound(field.max)
        if low is not None and raw < low:
            return Problem("BLD403", {"limit": field.min or ""})
        if high is not None and raw > high:
            return Problem("BLD404", {"limit": field.max or ""})
        return raw

    def dump(self, field: Field, raw: Raw) -> Json:
        """The decimal text."""
        del field
        return format_number(raw, self.storage_scale) if isinstance(raw, int) else None


def numeric(key: str, *, storage_scale: int, decimals: int) -> FieldType:
    """The type of number of that key."""
    kind = Numeric(storage_scale, decimals)
    return FieldType(
        key=key,
        storage="bigint",
        scale=kind.scale,
        formula_type=kind.formula_type,
        parse=kind.parse,
        dump=kind.dump,
        json_schema=lambda _field: {"type": ["string", "null"], "pattern": _PATTERN},
        settings=frozenset({"min", "max", "decimals", "unit", "blank_as_zero"}),
    )
