"""The functions of the language, found by name or alias."""

from __future__ import annotations

from dsl.functions import (
    aggregates,
    criteria,
    dates,
    formats,
    logic,
    math,
    periods,
    roots,
    statistics,
    text,
    working_days,
)
from dsl.functions.spec import (
    CATEGORY_WORDS,
    TIER_WORDS,
    Argument,
    Example,
    Function,
    Parameter,
    RowsValue,
    Site,
)

__all__ = [
    "CATEGORY_WORDS",
    "FUNCTIONS",
    "TIER_WORDS",
    "Argument",
    "Example",
    "Function",
    "Parameter",
    "RowsValue",
    "Site",
    "find_function",
    "function_names",
]

FUNCTIONS: tuple[Function, ...] = (
    *math.FUNCTIONS,
    *roots.FUNCTIONS,
    *logic.FUNCTIONS,
    *text.FUNCTIONS,
    *formats.FUNCTIONS,
    *dates.FUNCTIONS,
    *working_days.FUNCTIONS,
    *periods.FUNCTIONS,
    *aggregates.FUNCTIONS,
    *criteria.FUNCTIONS,
    *statistics.FUNCTIONS,
)
_BY_NAME: dict[str, Function] = {
    name: function for function in FUNCTIONS for name in (function.name, *function.aliases)
}


def find_function(name: str) -> Function | None:
    """The function with that name or alias; English names in any case."""
    return _BY_NAME.get(name.upper()) or _BY_NAME.get(name)


def function_names() -> tuple[str, ...]:
    """All names and aliases, for suggestions."""
    return tuple(_BY_NAME)
