"""Guess what a stream's rows are: types, key and cursor candidates."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

from connectors.base import FieldInfo, StreamInfo

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Kind = Literal["text", "number", "boolean", "object", "list", "null", "mixed"]
SAMPLE = 200
EXAMPLE = 60
CURSOR_WORDS = ("update", "modif", "change", "time", "_at")


def describe(name: str, rows: Sequence[Mapping[str, Any]]) -> StreamInfo:
    """What up to 200 rows show."""
    sample = rows[:SAMPLE]
    paths = list(dict.fromkeys(path for row in sample for path in row))
    return StreamInfo(
        name=name,
        fields=tuple(_field(path, [row.get(path) for row in sample]) for path in paths),
        key=tuple(path for path in paths if _is_key(path, [row.get(path) for row in sample])),
        cursor=tuple(path for path in paths if _is_cursor(path, [row.get(path) for row in sample])),
    )


def kind_of(value: object) -> Kind:
    """The JSON type of a value."""
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int() | float() | Decimal():
            return "number"
        case str():
            return "text"
        case list():
            return "list"
        case _:
            return "object"


def _field(path: str, values: Sequence[Any]) -> FieldInfo:
    kinds = {kind_of(value) for value in values} - {"null"}
    kind: Kind = "null" if not kinds else "mixed" if len(kinds) > 1 else next(iter(kinds))
    example = next((str(value)[:EXAMPLE] for value in values if value is not None), "")
    return FieldInfo(path, kind, any(value is None for value in values), example)


def _is_key(path: str, values: Sequence[Any]) -> bool:
    if any(value is None or isinstance(value, bool | list | dict) for value in values):
        return False
    return len(set(values)) == len(values) and any(w in path.lower() for w in ("id", "no", "code"))


def _is_cursor(path: str, values: Sequence[Any]) -> bool:
    present = [value for value in values if value is not None]
    named = any(word in path.lower() for word in CURSOR_WORDS)
    return named and bool(present) and all(_is_time(value) for value in present)


def _is_time(value: object) -> bool:
    if isinstance(value, int) and not isinstance(value, bool):
        return True
    try:
        datetime.fromisoformat(str(value))
    except ValueError:
        return False
    return True
