"""Rows that belong to the record; each is a record of the child entity."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder.fields.base import FieldType, Problem, expected
from dsl.types import Raw, Rows

if TYPE_CHECKING:
    from builder.json_text import Json
    from builder.model.entity import Field


def _parse(field: Field, value: Json) -> Raw | Problem:
    del field
    return (
        None if value is None else expected("行的列表，由子实体读取 (rows, read by their entity)")
    )


def _dump(field: Field, raw: Raw) -> Json:
    del field, raw
    return None


FIELD_TYPE = FieldType(
    key="child_table",
    storage=None,
    formula_type=lambda field: Rows(field.entity or ""),
    parse=_parse,
    dump=_dump,
    json_schema=lambda _field: {"type": ["array", "null"], "items": {"type": "object"}},
    settings=frozenset({"entity", "max"}),
    needs=frozenset({"entity"}),
)
