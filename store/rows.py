"""Rows of results by column name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Row


def by_name(row: Row[Any]) -> Mapping[str, Any]:
    """The values of a row by column name."""
    return row._mapping  # type: ignore[return-value]  # noqa: SLF001 - SQLAlchemy's public name; it is a mapping of str here
