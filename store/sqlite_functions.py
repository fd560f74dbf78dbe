"""Functions given to every SQLite connection, where int64 arithmetic is not enough."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dsl import exact

if TYPE_CHECKING:
    from collections.abc import Callable

SqliteValue = int | float | str | bytes | None
HALF = 10**9

_exact_formulas: dict[str, Callable[..., int | str | bool | None]] = {}


@dataclass(frozen=True, slots=True)
class SqliteFunction:
    """A deterministic function and how many arguments it takes (-1: any)."""

    name: str
    arguments: int
    call: Callable[..., SqliteValue]


def register_exact(key: str, build: Callable[[], Callable[..., int | str | bool | None]]) -> None:
    """Make an exact formula known to `pl_exact(key, leaf, ...)` in this process, once."""
    if key not in _exact_formulas:
        _exact_formulas[key] = build()


def _run_exact(key: str, *leaves: SqliteValue) -> SqliteValue:
    value = _exact_formulas[key](*leaves)
    return int(value) if value is True or value is False else value


def _join_halves(high: int | None, low: int | None) -> int | None:
    """A sum from the sums of its halves; NULL when it leaves 64 bits."""
    return exact.fits_int64((high or 0) * HALF + (low or 0))


def _strict(function: Callable[..., int | None]) -> Callable[..., int | None]:
    def call(*args: int | None) -> int | None:
        if any(each is None for each in args):
            return None
        try:
            return function(*args)
        except (ValueError, OverflowError):  # a stored day outside the years 1 to 9999
            return None

    return call


FUNCTIONS: tuple[SqliteFunction, ...] = (
    SqliteFunction("pl_exact", -1, _run_exact),
    SqliteFunction("pl_join_halves", 2, _join_halves),
    SqliteFunction("pl_make_date", 3, _strict(exact.make_date)),
    SqliteFunction("pl_add_months", 2, _strict(exact.add_months)),
    SqliteFunction("pl_month_end", 2, _strict(exact.month_end)),
)
