"""Rows on their way into tables: every value checked against its column."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dsl.types import Raw
from store.errors import BadValueError, UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from store.record_tables import EntityTables

ChildRows = Sequence[Mapping[str, Raw]]
RowValues = Mapping[str, "Raw | ChildRows"]
INT64_MIN, INT64_MAX = -(2**63), 2**63 - 1
OWN_KEYS = frozenset({"uid", "parent_id", "position"})  # of a child row, beside its fields


def _integer_problem(value: object) -> str | None:
    if type(value) is not int:  # bool is an int, but never a number here
        return "not an integer"
    if not INT64_MIN <= value <= INT64_MAX:
        return "not within 64 bits"
    return None


def _boolean_problem(value: object) -> str | None:
    return None if value is True or value is False else "not true or false"


def _text_problem(value: object) -> str | None:
    if not isinstance(value, str):
        return "not text"
    if "\x00" in value:
        return "contains the character NUL"
    try:
        value.encode()
    except UnicodeEncodeError:
        return "contains half a character (lone surrogate)"
    return None


def _are_good_integers(values: Sequence[Any]) -> bool:
    kinds = set(map(type, values))
    return not values or (kinds == {int} and min(values) >= INT64_MIN and max(values) <= INT64_MAX)


def _are_good_booleans(values: Sequence[Any]) -> bool:
    return set(map(type, values)) <= {bool}


def _are_good_texts(values: Sequence[Any]) -> bool:
    if not set(map(type, values)) <= {str}:
        return False
    together = "".join(values)
    return _text_problem(together) is None


@dataclass(frozen=True, slots=True)
class _Storage:
    """Which values a kind of column holds: asked for a whole column, then for the bad one."""

    are_good: Callable[[Sequence[Any]], bool]
    problem: Callable[[object], str | None]


_INTEGERS = _Storage(_are_good_integers, _integer_problem)
STORAGES: Mapping[str, _Storage] = {
    "bigint": _INTEGERS,
    "ref": _INTEGERS,
    "boolean": _Storage(_are_good_booleans, _boolean_problem),
    "text": _Storage(_are_good_texts, _text_problem),
}


def checked_columns(
    tables: EntityTables, rows: Sequence[RowValues], keys: Iterable[str]
) -> dict[str, list[Raw]]:
    """The rows turned into columns by physical name; None where a row has no value."""
    columns: dict[str, list[Raw]] = {}
    for key in keys:
        column = tables.column(key)
        values: list[Any] = [row.get(key) for row in rows]
        given = [value for value in values if value is not None]
        storage = STORAGES[column.storage]
        if not storage.are_good(given):
            problem = next(filter(None, map(storage.problem, given)), "not storable")
            raise BadValueError(tables.name, key, problem)
        columns[column.name] = values
    return columns


def keys_of(tables: EntityTables, rows: Sequence[RowValues]) -> tuple[list[str], list[str]]:
    """The stored fields and the child tables that the rows mention, in the entity's order."""
    mentioned = set().union(*rows) if rows else set()
    if tables.parent is not None:
        mentioned -= OWN_KEYS
    unknown = mentioned - set(tables.fields) - set(tables.children)
    if unknown:
        raise UnknownNameError(tables.name, *sorted(unknown))
    fields = [key for key in tables.fields if key in mentioned]
    return fields, [key for key in tables.children if key in mentioned]


def child_rows(tables: EntityTables, key: str, row: RowValues) -> ChildRows:
    """The rows a record gives for one of its child tables."""
    value = row.get(key)
    if value is None:
        return ()
    if not isinstance(value, list | tuple):
        raise BadValueError(tables.name, key, "not a list of rows")
    return value
