"""SQL text of our own with places for SQLAlchemy elements; SQLAlchemy's operators would round."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import ColumnElement, FromClause
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.visitors import InternalTraversal

from store.column_types import BIGINT, TEXT, TRUTH

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.sql.compiler import SQLCompiler
    from sqlalchemy.types import TypeEngine

Shape = Literal["integer", "text", "boolean"]
TYPES: dict[Shape, TypeEngine[Any]] = {"integer": BIGINT, "text": TEXT, "boolean": TRUTH}


class Written(ColumnElement[Any]):
    """A text with `{0}`, `{1}`, ... for its parts: one element for a whole formula.

    A part may have several places. Nothing a user wrote is in the text, only in bound parameters,
    so equal texts over equal kinds of parts are one statement in SQLAlchemy's cache.
    """

    __visit_name__ = "written"
    _traverse_internals = [  # noqa: RUF012 -- how SQLAlchemy copies, compares and caches it
        ("text", InternalTraversal.dp_string),
        ("parts", InternalTraversal.dp_clauseelement_tuple),
        ("type", InternalTraversal.dp_type),
    ]

    def __init__(self, text: str, parts: Sequence[ColumnElement[Any]], shape: Shape) -> None:
        self.text = text
        self.parts = tuple(parts)
        self.type = TYPES[shape]

    @property
    def _from_objects(self) -> list[FromClause]:
        """The tables it reads."""
        found = (part._from_objects for part in self.parts)  # noqa: SLF001 -- as SQLAlchemy does
        return list(chain.from_iterable(found))


@compiles(Written)
def _write(element: Written, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401 - SQLAlchemy's signature
    options.pop("add_to_result_map", None)  # that is for the whole, not for the parts
    return element.text.format(*[compiler.process(part, **options) for part in element.parts])


_LIMIT = 2**63 - 1
_TEXTS = {
    "int64": f"CASE WHEN {{0}} BETWEEN -{_LIMIT} AND {_LIMIT} THEN CAST({{0}} AS BIGINT) END",
    "half_high": "({0} / 1000000000)",
    "half_low": "({0} % 1000000000)",
    "pl_join_halves": "pl_join_halves({0}, {1})",
    # without any row SQLite does not ask the function
    "pl_sum": "CASE COUNT({0}) WHEN 0 THEN 0 ELSE pl_sum({0}) END",
}


def operate(
    name: Literal["int64", "half_high", "half_low", "pl_join_halves", "pl_sum"],
    shape: Shape,
    *args: ColumnElement[Any],
) -> ColumnElement[Any]:
    """A step of an exact sum: what fits 64 bits, else NULL; halves of a number; their sum."""
    return Written(_TEXTS[name], args, shape)


def int64(value: str) -> str:
    """The text of a PostgreSQL number as an integer of 64 bits, NULL if it is none."""
    return _TEXTS["int64"].format(value)
