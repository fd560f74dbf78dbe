"""Pointers to one record: what reference, person and department share.

On the wire and out of `parse` a pointer is the target's uid; the runtime maps uids to row ids.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from builder.fields.base import FieldType, Problem, as_is, blank, expected
from dsl.types import Raw, Reference

if TYPE_CHECKING:
    from builder.json_text import Json
    from builder.model.entity import Field

_UID = re.compile(r"[A-Za-z0-9_.:-]{1,64}")


def _parse(field: Field, value: Json) -> Raw | Problem:
    del field
    if blank(value):
        return None
    if isinstance(value, str) and _UID.fullmatch(value):
        return value
    return expected("uid")


def pointed_at(field: Field) -> str | None:
    """The entity whose records the field chooses from; None when it does not point."""
    if field.type in ("reference", "reference_list"):
        return field.entity
    return field.type if field.type in ("person", "department") else None


def pointing(key: str, *, entity: str | None) -> FieldType:
    """A type of pointer, to a fixed entity or to the one the field names."""
    chosen = frozenset({"entity"}) if entity is None else frozenset[str]()

    def formula_type(field: Field) -> Reference:
        return Reference(entity or field.entity or "", nullable=not field.required)

    return FieldType(
        key=key,
        storage="ref",
        formula_type=formula_type,
        parse=_parse,
        dump=as_is,
        json_schema=lambda _field: {"type": ["string", "null"], "maxLength": 64},
        settings=chosen,
        needs=chosen,
    )
