"""A tree of texts (a cause tree): kept as canonical JSON text."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from builder.fields.base import FieldType, Problem, blank, expected
from builder.json_text import Json, parse_json
from dsl.diagnostics import Diagnostic
from dsl.types import Raw, Text

if TYPE_CHECKING:
    from builder.model.entity import Field

MAX_DEPTH = 6
MAX_NODES = 200
MAX_TEXT = 500
MAX_ID = 64
_KEYS = {"id", "text", "children"}
_TREE = '[{"id": "1", "text": "...", "children": []}]'
_TOO_LARGE = Problem("BLD409", {"depth": str(MAX_DEPTH), "nodes": str(MAX_NODES)})


def _plain(value: object, limit: int) -> bool:
    return isinstance(value, str) and 0 < len(value) <= limit


def _node_fits(node: Json) -> bool:
    return (
        isinstance(node, dict)
        and node.keys() <= _KEYS
        and _plain(node.get("id"), MAX_ID)
        and _plain(node.get("text"), MAX_TEXT)
        and isinstance(node.get("children", []), list)
    )


def _canonical(nodes: list[Json]) -> list[dict[str, Any]] | Problem:
    """The same tree with every key present and in order, or why it is refused."""
    root: list[dict[str, Any]] = []
    stack = [(node, root, 1) for node in reversed(nodes)]
    ids: set[str] = set()
    while stack:
        node, siblings, depth = stack.pop()
        if not _node_fits(node) or not isinstance(node, dict):
            return expected(_TREE)
        if depth > MAX_DEPTH or len(ids) >= MAX_NODES:
            return _TOO_LARGE
        key = str(node["id"])
        if key in ids:
            return expected(_TREE)
        ids.add(key)
        below: list[dict[str, Any]] = []
        siblings.append({"id": key, "text": node["text"], "children": below})
        children = node.get("children", [])
        stack.extend((child, below, depth + 1) for child in reversed(_list(children)))
    return root


def _list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []


def _parse(field: Field, value: Json) -> Raw | Problem:
    del field
    if blank(value) or value == []:
        return None
    if isinstance(value, str):
        read = parse_json(value, max_depth=2 * MAX_DEPTH + 2)
        value = None if isinstance(read, Diagnostic) else read
    if not isinstance(value, list):
        return expected(_TREE)
    tree = _canonical(value)
    if isinstance(tree, Problem):
        return tree
    return json.dumps(tree, ensure_ascii=False, separators=(",", ":"))


def _dump(field: Field, raw: Raw) -> Json:
    del field
    if not isinstance(raw, str):
        return None
    tree: Json = json.loads(raw)
    return tree


FIELD_TYPE = FieldType(
    key="tree",
    storage="text",
    formula_type=lambda field: Text(nullable=not field.required),
    parse=_parse,
    dump=_dump,
    json_schema=lambda _field: {"type": ["array", "null"], "items": {"type": "object"}},
    cell=lambda _field, raw: str(raw),
)
