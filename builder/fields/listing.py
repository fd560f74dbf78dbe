"""Lists of values: what multi_choice and reference_list share.

Each value is a row of the implied entity of the field (`Entity.lists`), so history, rights and
deletion are those of child rows. On the wire the list is plain: ids of options, or uids.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from builder.fields.base import FieldType, nothing, rows_only
from builder.operators import LISTED
from dsl.types import Rows

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from builder.model.entity import Field

SEPARATOR = "; "  # between the values of a list in one cell of a table file


def listing(key: str, *, needs: str, item: Callable[[Field], Mapping[str, Any]]) -> FieldType:
    """A type of list; `item` is the JSON schema of one value."""
    return FieldType(
        key=key,
        storage=None,
        formula_type=lambda field: Rows(field.listed or ""),
        parse=rows_only,
        dump=nothing,
        json_schema=lambda field: {
            "type": ["array", "null"],
            "items": item(field),
            "uniqueItems": True,
        },
        comparisons=LISTED,
        settings=frozenset({needs, "min", "max"}),
        needs=frozenset({needs}),
    )
