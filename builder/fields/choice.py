"""One option of a closed list; the option's id is stored."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder.fields.base import FieldType, Problem, as_is, blank
from dsl.types import Choice, Raw

if TYPE_CHECKING:
    from builder.json_text import Json
    from builder.model.entity import Field


def _parse(field: Field, value: Json) -> Raw | Problem:
    if blank(value):
        return None
    if isinstance(value, str) and any(option.id == value for option in field.options):
        return value
    return Problem("BLD406", {"value": str(value)[:60]})


def _type(field: Field) -> Choice:
    options = tuple((o.id, tuple(dict.fromkeys(o.label.values()))) for o in field.options)
    return Choice(options, nullable=not field.required)


FIELD_TYPE = FieldType(
    key="choice",
    storage="text",
    formula_type=_type,
    parse=_parse,
    dump=as_is,
    json_schema=lambda field: {"enum": [*(option.id for option in field.options), None]},
    settings=frozenset({"options"}),
    needs=frozenset({"options"}),
)
