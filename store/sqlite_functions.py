"""Functions given to every SQLite connection, where int64 arithmetic is not enough."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dsl import calendars, exact

if TYPE_CHECKING:
    from collections.abc import Callable

    Exact = Callable[..., int | str | bool | None]

SqliteValue = int | float | str | bytes | None
HALF = 10**9

_builders: dict[str, Callable[[], Exact]] = {}
_built: dict[str, Exact] = {}


@dataclass(frozen=True, slots=True)
class SqliteFunction:
    """A deterministic function and how many arguments it takes (-1: any)."""

    name: str
    arguments: int
    call: Callable[..., SqliteValue]


def register_exact(key: str, build: Callable[[], Exact]) -> None:
    """Make an exact formula known to `pl_exact(key, leaf, ...)` in this process.

    It is built when a row first needs it, which for most formulas is never.
    """
    _builders.setdefault(key, build)


def _run_exact(key: str, *leaves: SqliteValue) -> SqliteValue:
    run = _built.get(key)
    if run is None:
        run = _built[key] = _builders[key]()
    value = run(*leaves)
    return int(value) if value is True or value is False else value


def _run_packed(key: str, *packs: str) -> SqliteValue:
    return _run_exact(key, *(leaf for pack in packs for leaf in json.loads(pack)))


def _pack(*values: SqliteValue) -> str:
    """Many values as one, for a function that takes only so many."""
    return json.dumps(values)


def _join_halves(high: int | None, low: int | None) -> int | None:
    """A sum from the sums of its halves; NULL when it leaves 64 bits."""
    return exact.fits_int64((high or 0) * HALF + (low or 0))


class ExactSum:
    """The aggregate `pl_sum`: terms beyond 64 bits come as text; NULL when the sum leaves them."""

    def __init__(self) -> None:
        self._total = 0

    def step(self, value: int | str | None, /) -> None:
        """One more term."""
        if value is not None:
            self._total += int(value)

    def finalize(self) -> int | None:
        """The sum; 0 of nothing."""
        return exact.fits_int64(self._total)


def _strict(function: Callable[..., int | None]) -> Callable[..., int | None]:
    def call(*args: SqliteValue) -> int | None:
        if any(each is None for each in args):
            return None
        try:
            return function(*args)
        except (ValueError, OverflowError):  # a stored day outside the years 1 to 9999
            return None

    return call


FUNCTIONS: tuple[SqliteFunction, ...] = (
    SqliteFunction("pl_exact", -1, _run_exact),
    SqliteFunction("pl_exact_packed", -1, _run_packed),
    SqliteFunction("pl_pack", -1, _pack),
    SqliteFunction("pl_join_halves", 2, _join_halves),
    SqliteFunction("pl_make_date", 3, _strict(exact.make_date)),
    SqliteFunction("pl_add_months", 2, _strict(exact.add_months)),
    SqliteFunction("pl_month_end", 2, _strict(exact.month_end)),
    SqliteFunction("pl_working_days", 3, _strict(calendars.working_days)),
    SqliteFunction("pl_working_day_after", 3, _strict(calendars.working_day_after)),
)
