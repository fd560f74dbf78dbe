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


def _cell(field: Field, raw: Raw) -> str:
    """The first label, which is what a person would write; the id when two share it."""
    shown = [next(iter(o.label.values()), o.id) for o in field.options]
    found = next((s for o, s in zip(field.options, shown, strict=True) if o.id == raw), str(raw))
    return found if shown.count(found) == 1 else str(raw)


def _read_cell(field: Field, text: str) -> Raw | Problem:
    named = [o.id for o in field.options if text in o.label.values()]
    ids = [o.id for o in field.options if o.id == text]
    return _parse(field, next(iter(named or ids), text))


FIELD_TYPE = FieldType(
    key="choice",
    storage="text",
    formula_type=_type,
    parse=_parse,
    dump=as_is,
    json_schema=lambda field: {"enum": [*(option.id for option in field.options), None]},
    cell=_cell,
    read_cell=_read_cell,
    settings=frozenset({"options"}),
    needs=frozenset({"options"}),
)
