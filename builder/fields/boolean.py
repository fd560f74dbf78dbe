"""Yes or no."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder.fields.base import FieldType, Problem, as_is, expected
from dsl.types import Boolean, Raw

if TYPE_CHECKING:
    from builder.json_text import Json
    from builder.model.entity import Field


def _parse(field: Field, value: Json) -> Raw | Problem:
    del field
    if value is None or isinstance(value, bool):
        return value
    return expected("true / false")


FIELD_TYPE = FieldType(
    key="boolean",
    storage="boolean",
    formula_type=lambda field: Boolean(nullable=not field.required),
    parse=_parse,
    dump=as_is,
    json_schema=lambda _field: {"type": ["boolean", "null"]},
)
