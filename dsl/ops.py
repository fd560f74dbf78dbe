"""The operations of the IR: which pass null on, and why one may yield null by itself.

Their exact meaning is the table in `dsl.backends.sql`; two names occur in the IR only: `pow`
(exact integer power) and the fold kind `avg`, which are lowered for SQL.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from dsl.codes import (
    BAD_DATE,
    DIVISION_BY_ZERO,
    EMPTY_RESULT,
    NO_TEXT,
    NO_VALUES,
    NO_WORKING_DAY,
    NOT_A_NUMBER,
    NOT_FOUND,
    NOT_WHOLE_DAYS,
    OUT_OF_DOMAIN,
    OVERFLOW,
)

NullRule = Literal["strict", "special", "never"]


@dataclass(frozen=True, slots=True)
class Operation:
    """`strict`: null if any argument is null; `never`: never null; `special`: its own rule.

    `reason` is the code for a null that does not come from an argument. `server`: only Python
    computes it (`dsl.host`); SQLite calls Python, PostgreSQL and browsers do without. `calendar`:
    databases compute it as well, but a browser is not given the calendars.
    """

    name: str
    nulls: NullRule
    reason: str | None = None
    server: bool = False
    calendar: bool = False

    @property
    def in_browser(self) -> bool:
        """Whether a browser computes it."""
        return not self.server and not self.calendar


_ROWS: tuple[Operation, ...] = (
    *(Operation(name, "strict") for name in ("add", "sub", "mul", "neg", "abs", "sign", "pow")),
    *(Operation(name, "strict") for name in ("clamp", "eq", "ne", "lt", "le", "gt", "ge", "not")),
    *(
        Operation(name, "strict", DIVISION_BY_ZERO)
        for name in ("div", "div_up", "div_down", "div_floor", "mod")
    ),
    *(Operation(name, "strict") for name in ("civil_year", "civil_month", "civil_day", "weekday")),
    *(
        Operation(name, "strict", BAD_DATE)
        for name in ("make_date", "add_months", "month_end", "add_days", "add_us")
    ),
    Operation("whole_days", "strict", NOT_WHOLE_DAYS),
    Operation("fits_int64", "strict", OVERFLOW),  # the value of a computed field
    *(Operation(name, "strict") for name in ("contains", "starts_with", "ends_with", "matches")),
    *(Operation(name, "strict", EMPTY_RESULT) for name in ("left", "right", "mid", "trim")),
    *(Operation(name, "strict") for name in ("upper", "lower")),
    *(Operation(name, "never") for name in ("is_null", "length", "total", "filled")),
    *(Operation(name, "special") for name in ("least", "greatest", "concat", "coalesce")),
    *(
        Operation(name, "strict", OUT_OF_DOMAIN, server=True)
        for name in ("root", "natural_logarithm", "decimal_logarithm", "exponential", "power")
    ),
    *(
        Operation(name, "strict", NO_TEXT, server=True)
        for name in ("substitute", "remove", "repeat")
    ),
    Operation("find", "strict", NOT_FOUND, server=True),
    Operation("read_number", "strict", NOT_A_NUMBER, server=True),
    *(
        Operation(name, "strict", server=True)
        for name in ("write_number", "write_date", "capital_amount")
    ),
    Operation("working_days", "strict", calendar=True),
    Operation("working_day_after", "strict", NO_WORKING_DAY, calendar=True),
    *(Operation(name, "special") for name in ("and", "or", "in", "between", "case", "switch")),
)
# Folds over a list of values that only Python computes, and why they may yield null.
SERVER_FOLDS: dict[str, str] = {
    "interpolate": NO_VALUES,
    "percentile": NO_VALUES,
    "deviation": NO_VALUES,
    "nth_largest": NO_VALUES,
    "nth_smallest": NO_VALUES,
    "join": NO_TEXT,
}
OPERATIONS: dict[str, Operation] = {row.name: row for row in _ROWS}
