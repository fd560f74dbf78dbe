"""What the shapes of answers are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

Shape = dict[str, Any]

TEXT: Shape = {"type": "string"}
MAYBE_TEXT: Shape = {"type": ["string", "null"]}
INTEGER: Shape = {"type": "integer"}
MAYBE_INTEGER: Shape = {"type": ["integer", "null"]}
NUMBER: Shape = {"type": "number"}
FLAG: Shape = {"type": "boolean"}
ANY: Shape = {}
DECIMAL: Shape = {"type": ["string", "null"], "description": "an exact decimal"}
INSTANT: Shape = {"type": "string", "description": "ISO 8601 with an offset"}
MAYBE_INSTANT: Shape = {"type": ["string", "null"], "description": "ISO 8601 with an offset"}
LABELS: Shape = {
    "type": "object",
    "description": "the words by language: zh-CN, en",
    "additionalProperties": {"type": "string"},
}
WORDS: Shape = {"type": ["object", "string"], "description": "words by language, or one text"}
MAYBE_WORDS: Shape = {"type": ["object", "string", "null"]}
VALUES: Shape = {"type": "object", "additionalProperties": True}


def ref(name: str) -> Shape:
    """Another named shape."""
    return {"$ref": f"#/components/schemas/{name}"}


def maybe(shape: Shape) -> Shape:
    """The shape, or null."""
    return {"anyOf": [shape, {"type": "null"}]}


def many(shape: Shape) -> Shape:
    """A list of the shape."""
    return {"type": "array", "items": shape}


def thing(optional: Mapping[str, Shape] | None = None, /, **required: Shape) -> Shape:
    """An object with these keys; those of `optional` may be missing."""
    properties = {**required, **(optional or {})}
    return {"type": "object", "properties": properties, "required": list(required)}


def page(name: str) -> Shape:
    """A page of a list."""
    return thing(items=many(ref(name)), next=MAYBE_TEXT)


ROW_CHANGE = thing(before=MAYBE_INTEGER, after=MAYBE_INTEGER)  # of a child table, by number
FIELD_CHANGE = thing({"rows": many(ROW_CHANGE)}, field=TEXT, before=ANY, after=ANY)
ORIGIN = thing({"source": MAYBE_TEXT, "run": ANY}, kind=TEXT)
RECORD_MORE: dict[str, Shape] = {
    "display": TEXT,
    "display_values": VALUES,
    "origin": maybe(ORIGIN),
    "updated_at": MAYBE_INSTANT,
    "updated_by": MAYBE_TEXT,
    "created_at": MAYBE_INSTANT,
}
