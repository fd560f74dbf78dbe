"""Rows of results by column name."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from sqlalchemy import Row


T = TypeVar("T")


def by_name(row: Row[Any]) -> Mapping[str, Any]:
    """The values of a row by column name."""
    return row._mapping  # type: ignore[return-value]  # noqa: SLF001 - SQLAlchemy's public name; it is a mapping of str here


def told_by(row: Row[Any], kind: type[T], *, parsed: Collection[str] = ()) -> T:
    """A row as the dataclass whose fields are named like its columns; some hold JSON."""
    values = {each.name: getattr(row, each.name) for each in fields(kind)}  # type: ignore[arg-type]  # T is a dataclass
    return kind(**values | {name: json.loads(values[name]) for name in parsed})
