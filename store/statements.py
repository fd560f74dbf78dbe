"""Statements that are made once per table, and go when the table goes."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from sqlalchemy import Table

T = TypeVar("T")


def made_once(table: Table, name: Hashable, make: Callable[[], T]) -> T:
    """What `make` gives, kept on the table: making a statement takes longer than running it.

    A cache beside it would keep the tables of every catalog that ever was.
    """
    known = table.info.get(name)
    if known is None:
        known = table.info[name] = make()
    return cast("T", known)
