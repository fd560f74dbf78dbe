"""Unicode text with a length limit: what text, long_text, file and image share."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from builder.fields.base import FieldType, Problem, as_is, blank, expected
from dsl.types import Raw, Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from builder.json_text import Json
    from builder.model.entity import Field

_BAD = re.compile("[\x00\ud800-\udfff]")


def _whole(text: str | None) -> int | None:
    return int(text) if text is not None and text.isascii() and text.isdigit() else None


def textual(
    key: str,
    *,
    limit: int,
    settings: frozenset[str] = frozenset(),
    comparisons: tuple[str, ...] | None = None,
) -> FieldType:
    """A type of text; `min` and `max` of the field are lengths in characters."""

    def formula_type(field: Field) -> Text:
        return Text(nullable=not field.required)

    def parse(field: Field, value: Json) -> Raw | Problem:
        if blank(value):
            return None
        if not isinstance(value, str) or _BAD.search(value):
            return expected("a text")
        high = min(limit, _whole(field.max) or limit)
        if len(value) > high:
            return Problem("BLD405", {"limit": str(high)})
        low = _whole(field.min) or 0
        if len(value.strip()) < low:
            return Problem("BLD411", {"limit": str(low)})
        return value

    def json_schema(field: Field) -> Mapping[str, Any]:
        return {"type": ["string", "null"], "maxLength": min(limit, _whole(field.max) or limit)}

    return FieldType(
        key=key,
        storage="text",
        formula_type=formula_type,
        parse=parse,
        dump=as_is,
        json_schema=json_schema,
        comparisons=comparisons,
        settings=settings,
    )
