"""A place on the map: latitude and longitude in degrees, kept as one canonical text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from builder.fields.base import FieldType, Problem, as_is, blank, expected
from builder.operators import PRESENCE
from dsl.types import Raw, Text
from dsl.values import format_number, parse_number

if TYPE_CHECKING:
    from builder.json_text import Json
    from builder.model.entity import Field

PLACES = 6  # about a hand's breadth on the ground
_LATITUDE, _LONGITUDE = 90 * 10**PLACES, 180 * 10**PLACES
_NOTATION = re.compile(r"(-?[0-9]{1,3}(?:\.[0-9]{1,9})?)\s*[,，]\s*(-?[0-9]{1,3}(?:\.[0-9]{1,9})?)")
_EXAMPLE = "latitude,longitude like 31.230416,121.473701"


def _parse(field: Field, value: Json) -> Raw | Problem:
    del field
    if blank(value):
        return None
    found = _NOTATION.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None:
        return expected(_EXAMPLE)
    latitude, longitude = (parse_number(part, PLACES) for part in found.groups())
    if abs(latitude) > _LATITUDE or abs(longitude) > _LONGITUDE:
        return expected(_EXAMPLE)
    return f"{format_number(latitude, PLACES)},{format_number(longitude, PLACES)}"


FIELD_TYPE = FieldType(
    key="location",
    storage="text",
    formula_type=lambda field: Text(nullable=not field.required),
    parse=_parse,
    dump=as_is,
    json_schema=lambda _field: {"type": ["string", "null"], "maxLength": 40},
    comparisons=PRESENCE,
)
