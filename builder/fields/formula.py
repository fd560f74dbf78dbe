"""A computed field: never stored, never filled in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder.fields.base import FieldType, Problem, as_is
from dsl.types import DIVISION_SCALE, Number, Raw

if TYPE_CHECKING:
    from builder.json_text import Json
    from builder.model.entity import Field


def _parse(field: Field, value: Json) -> Raw | Problem:
    del field, value
    return Problem("BLD408")


FIELD_TYPE = FieldType(
    key="formula",
    storage=None,
    # The real type is that of the compiled formula (`Catalog.field_type`); this is the widest.
    formula_type=lambda field: Number(DIVISION_SCALE, field.unit),
    parse=_parse,
    dump=as_is,
    json_schema=lambda _field: {"readOnly": True},
    settings=frozenset({"formula", "decimals", "unit"}),
    needs=frozenset({"formula"}),
)
