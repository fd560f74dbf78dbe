"""Rows on their way into tables: every value checked against its column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from dsl.types import Raw
from store.errors import BadValueError, UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

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


PROBLEMS: Mapping[str, Callable[[object], str | None]] = {
    "bigint": _integer_problem,
    "ref": _integer_problem,
    "boolean": _boolean_problem,
    "text": _text_problem,
}


def checked_columns(
    tables: EntityTables, rows: Sequence[RowValues], keys: Iterable[str]
) -> dict[str, list[Raw]]:
    """The rows turned into columns by physical name; None where a row has no value."""
    columns: dict[str, list[Raw]] = {}
    for key in keys:
        column = tables.column(key)
        problem_of = PROBLEMS[column.storage]
        values: list[Raw] = []
        for row in rows:
            value = row.get(key)
            if value is not None and (problem := problem_of(value)) is not None:
                raise BadValueError(tables.name, key, problem)
            values.append(value)  # type: ignore[arg-type]  # checked just now
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
