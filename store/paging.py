"""Pages by key, not by number: a row added meanwhile neither repeats nor skips another."""

from __future__ import annotations

import base64
import binascii
import json
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import ColumnElement, and_, literal, or_

from store.errors import BadCursorError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Select

Order = tuple[str, Literal["asc", "desc"]]


def ordered(
    statement: Select[Any],
    row_id: ColumnElement[int],
    columns: Sequence[ColumnElement[Any]],
    order: Sequence[Order],
) -> Select[Any]:
    """Blanks last in both directions, the row id decides between equals."""
    keys = [
        (column.desc() if way == "desc" else column.asc()).nulls_last()
        for column, (_, way) in zip(columns, order, strict=True)
    ]
    return statement.order_by(*keys, row_id.asc())


def cursor_of(row: Mapping[str, Any], order: Sequence[Order]) -> str:
    """The place after a row, for the next page."""
    values = [row[f"o{n}"] for n in range(len(order))]
    text = json.dumps([[list(each) for each in order], values, row["id"]])
    return base64.urlsafe_b64encode(text.encode()).decode("ascii")


def after(
    cursor: str,
    row_id: ColumnElement[int],
    columns: Sequence[ColumnElement[Any]],
    order: Sequence[Order],
) -> ColumnElement[bool]:
    """The rows that come after the cursor's."""
    values, last_id = _decoded(cursor, order)
    condition: ColumnElement[bool] = row_id > last_id
    for column, (_, way), value in reversed(list(zip(columns, order, values, strict=True))):
        condition = _after_value(column, way, value, then=condition)
    return condition


def _after_value(
    column: ColumnElement[Any],
    way: Literal["asc", "desc"],
    value: Any,  # noqa: ANN401 - a raw value of the column's type
    *,
    then: ColumnElement[bool],
) -> ColumnElement[bool]:
    if value is None:  # blanks come last: only other blanks can follow
        return and_(column.is_(None), then)
    bound = literal(value, column.type)
    beyond = column < bound if way == "desc" else column > bound
    return or_(beyond, column.is_(None), and_(column == bound, then))


def _decoded(cursor: str, order: Sequence[Order]) -> tuple[list[Any], int]:
    try:
        decoded = json.loads(base64.urlsafe_b64decode(cursor.encode("ascii")))
        shape, values, last_id = decoded
    except (ValueError, TypeError, binascii.Error, UnicodeError):
        raise BadCursorError from None
    fits = shape == [list(each) for each in order] and isinstance(values, list)
    plain = fits and len(values) == len(order) and all(_is_plain(each) for each in values)
    if not plain or type(last_id) is not int:
        raise BadCursorError
    return values, last_id


def _is_plain(value: object) -> bool:
    if type(value) is int:
        return -(2**63) <= value < 2**63
    return value is None or isinstance(value, bool | str)
