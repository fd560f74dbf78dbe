"""A pointer to one record of any of several entities: kept and written as `entity/uid`.

In formulas it is compared with others, with references and with such a text, and asked of which
kind it is (POINTSTO); nothing behind it can be reached.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from builder.fields.base import FieldType, Problem, as_is, blank, expected
from dsl.types import Pointer, Raw

if TYPE_CHECKING:
    from builder.json_text import Json
    from builder.model.entity import Field

SEPARATOR = "/"
_POINTER = re.compile(r"[a-z][a-z0-9_.]{0,190}/[A-Za-z0-9_.:-]{1,64}")


def parts(raw: str) -> tuple[str, str]:
    """The entity and the uid of a pointer."""
    entity, _, uid = raw.partition(SEPARATOR)
    return entity, uid


def pointer_to(entity: str, uid: str) -> str:
    """The pointer to a record."""
    return f"{entity}{SEPARATOR}{uid}"


def _parse(field: Field, value: Json) -> Raw | Problem:
    if blank(value):
        return None
    if isinstance(value, str) and _POINTER.fullmatch(value) and parts(value)[0] in field.entities:
        return value
    return expected(" | ".join(f"{entity}/uid" for entity in field.entities))


FIELD_TYPE = FieldType(
    key="any_reference",
    storage="text",
    formula_type=lambda field: Pointer(field.entities, nullable=not field.required),
    parse=_parse,
    dump=as_is,
    json_schema=lambda _field: {"type": ["string", "null"], "maxLength": 255},
    settings=frozenset({"entities"}),
    needs=frozenset({"entities"}),
)
