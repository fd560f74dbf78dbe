"""Rows that belong to the record; each is a record of the child entity."""

from builder.fields.base import FieldType, nothing, rows_only
from dsl.types import Rows

FIELD_TYPE = FieldType(
    key="child_table",
    storage=None,
    formula_type=lambda field: Rows(field.entity or ""),
    parse=rows_only,
    dump=nothing,
    json_schema=lambda _field: {"type": ["array", "null"], "items": {"type": "object"}},
    settings=frozenset({"entity", "max"}),
    needs=frozenset({"entity"}),
)
