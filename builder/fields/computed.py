"""Computed fields, never stored and never filled in: what formula, lookup and rollup share."""

from __future__ import annotations

from builder.fields.base import FieldType, Problem, as_is
from dsl.types import DIVISION_SCALE, Number


def computed(key: str, *, settings: frozenset[str], needs: str) -> FieldType:
    """A type of computed field."""
    return FieldType(
        key=key,
        storage=None,
        # The real type is that of the compiled formula (`Catalog.field_type`); the widest here.
        formula_type=lambda field: Number(DIVISION_SCALE, field.unit),
        parse=lambda _field, _value: Problem("BLD408"),
        dump=as_is,
        json_schema=lambda _field: {"readOnly": True},
        settings=settings | {"formula", needs, "decimals", "unit"},
        needs=frozenset({needs}),
    )
