"""The operations of the IR: which pass null on, and why one may yield null by itself.

Their exact meaning is the table in `dsl.backends.sql`; two names occur in the IR only: `pow`
(exact integer power) and the fold kinds `avg` and `interpolate`, which are lowered for SQL.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from dsl.codes import BAD_DATE, DIVISION_BY_ZERO, EMPTY_RESULT, NOT_WHOLE_DAYS

NullRule = Literal["strict", "special", "never"]


@dataclass(frozen=True, slots=True)
class Operation:
    """`strict`: null if any argument is null; `never`: never null; `special`: its own rule.

    `reason` is the code for a null that does not come from an argument.
    """

    name: str
    nulls: NullRule
    reason: str | None = None


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
    *(Operation(name, "strict") for name in ("contains", "starts_with", "ends_with")),
    *(Operation(name, "strict", EMPTY_RESULT) for name in ("left", "right", "mid", "trim")),
    *(Operation(name, "strict") for name in ("upper", "lower")),
    *(Operation(name, "never") for name in ("is_null", "length", "total", "filled")),
    *(Operation(name, "special") for name in ("least", "greatest", "concat", "coalesce")),
    *(Operation(name, "special") for name in ("and", "or", "in", "between", "case", "switch")),
)
OPERATIONS: dict[str, Operation] = {row.name: row for row in _ROWS}
