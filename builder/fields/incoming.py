"""The records of another entity that point here: the other end of a reference, to many."""

from builder.fields.base import FieldType, Problem, nothing
from dsl.types import Rows

FIELD_TYPE = FieldType(
    key="incoming",
    storage=None,
    formula_type=lambda field: Rows(field.entity or ""),
    parse=lambda _field, _value: Problem("BLD408"),
    dump=nothing,
    json_schema=lambda _field: {"readOnly": True},
    settings=frozenset({"entity", "by"}),
    needs=frozenset({"entity", "by"}),
)
