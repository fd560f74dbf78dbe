"""Yes or no."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder.fields.base import FieldType, Problem, as_is, expected
from dsl.types import Boolean, Raw

if TYPE_CHECKING:
    from builder.json_text import Json
    from builder.model.entity import Field


_YES = frozenset({"true", "yes", "1", "是", "对"})
_NO = frozenset({"false", "no", "0", "否", "错"})


def _parse(field: Field, value: Json) -> Raw | Problem:
    del field
    if value is None or isinstance(value, bool):
        return value
    return expected("true / false")


def _read_cell(field: Field, text: str) -> Raw | Problem:
    del field
    word = text.casefold()
    if word in _YES or word in _NO:
        return word in _YES
    return expected("TRUE / FALSE")


FIELD_TYPE = FieldType(
    key="boolean",
    storage="boolean",
    formula_type=lambda field: Boolean(nullable=not field.required),
    parse=_parse,
    dump=as_is,
    json_schema=lambda _field: {"type": ["boolean", "null"]},
    cell=lambda _field, raw: "TRUE" if raw else "FALSE",
    read_cell=_read_cell,
)
