"""The text of each formula operation in SQL, from the text of its arguments.

Arguments arrive compiled and in brackets where needed; nothing a user wrote is ever in them,
since names are generated and values are bound parameters. `D` and `M` are truncating division
and remainder, which are written differently for PostgreSQL's numeric.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from dsl.types import INT64_MAX
from dsl.wildcards import ESCAPE

Flavour = Literal["sqlite", "postgresql", "numeric"]
Write = Callable[["Writer", list[str]], str]

FIRST_DAY, LAST_DAY = -719_162, 2_932_896
FIRST_US, LAST_US = -62_135_596_800_000_000, 253_402_300_799_999_999
DAY_US = 86_400_000_000
MOST_ARGUMENTS = 100  # of a function; SQLite refuses more than 127
_FEW = 8  # arguments of MIN and MAX that are written out
_MOST_ROWS = 400  # in a list of values; SQLite refuses more than 500
_MONTHS = 120_000  # more months than there are between the years 1 and 9999
_LONGEST_TEXT = 1_000_000_000  # characters, on both; SQLite's substr adds it to a negative start
_SPACES = " \t\r\n\u00a0\u3000"
_LOWER = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class Writer:
    """How one database, or PostgreSQL's numeric, says the things that differ."""

    flavour: Flavour

    @property
    def is_sqlite(self) -> bool:
        """Text and date functions of SQLite."""
        return self.flavour == "sqlite"

    def d(self, a: str, b: str) -> str:
        """Division towards zero."""
        return f"div({a}, {b})" if self.flavour == "numeric" else f"({a} / {b})"

    def m(self, a: str, b: str) -> str:
        """Remainder with the sign of the dividend."""
        percent = "%" if self.is_sqlite else "%%"  # psycopg marks parameters with %
        return f"({a} {percent} {b})"

    def int4(self, a: str) -> str:
        """A positive argument of text functions, which take 32 bits only: no text is longer."""
        if self.is_sqlite:
            return f"MIN({a}, {_LONGEST_TEXT})"
        return f"CAST(LEAST({a}, {_LONGEST_TEXT}) AS INTEGER)"

    def date(self, day: str) -> str:
        """A PostgreSQL date from an epoch day."""
        return f"(DATE '1970-01-01' + CAST({day} AS INTEGER))"

    def wide(self, a: str) -> str:
        """A small integer that is not made of the arguments, in the type that is computed in."""
        if self.is_sqlite:
            return a
        return f"CAST({a} AS {'NUMERIC' if self.flavour == 'numeric' else 'BIGINT'})"

    def ordered(self, a: str) -> str:
        """Text compared by code point."""
        return a if self.is_sqlite else f'({a} COLLATE "C")'


# --- integers -----------------------------------------------------------------------------
def _div(w: Writer, args: list[str]) -> str:
    a, b = args
    quotient, rest = w.d(a, f"NULLIF({b}, 0)"), w.m(a, f"NULLIF({b}, 0)")
    return f"({quotient} + {w.d(f'({rest} * 2)', f'NULLIF({b}, 0)')})"


def _div_up(w: Writer, args: list[str]) -> str:
    a, b = args
    rest = w.m(a, f"NULLIF({b}, 0)")
    step = f"CASE WHEN {rest} = 0 THEN 0 WHEN ({a} < 0) = ({b} < 0) THEN 1 ELSE -1 END"
    return f"({w.d(a, f'NULLIF({b}, 0)')} + {step})"


def _div_floor(w: Writer, args: list[str]) -> str:
    a, b = args
    rest = w.m(a, f"NULLIF({b}, 0)")
    step = f"CASE WHEN {rest} <> 0 AND ({a} < 0) <> ({b} < 0) THEN 1 ELSE 0 END"
    return f"({w.d(a, f'NULLIF({b}, 0)')} - {step})"


def _mod(w: Writer, args: list[str]) -> str:
    """The divisor is added only to a remainder of the other sign, so no step leaves 64 bits."""
    a, b = args
    rest = w.m(a, f"NULLIF({b}, 0)")
    return f"CASE WHEN {rest} <> 0 AND ({rest} < 0) <> ({b} < 0) THEN {rest} + {b} ELSE {rest} END"


def _sign(w: Writer, args: list[str]) -> str:
    (a,) = args
    return w.wide(f"CASE WHEN {a} > 0 THEN 1 WHEN {a} < 0 THEN -1 WHEN {a} = 0 THEN 0 END")


def _fits_int64(_: Writer, args: list[str]) -> str:
    (a,) = args
    return f"CASE WHEN {a} BETWEEN -{INT64_MAX} AND {INT64_MAX} THEN {a} END"


def _clamp(_: Writer, args: list[str]) -> str:
    x, low, high = args
    missing = " OR ".join(f"{each} IS NULL" for each in args)
    cut = f"WHEN {x} < {low} THEN {low} WHEN {x} > {high} THEN {high} ELSE {x}"
    return f"CASE WHEN {missing} THEN NULL {cut} END"


def _extreme(sqlite: str, postgresql: str) -> Write:
    """PostgreSQL skips NULLs; SQLite yields NULL, so each argument falls back to the others.

    Of many, SQLite takes the aggregate over a list of rows, which skips NULLs as well.
    """

    def write(w: Writer, args: list[str]) -> str:
        if not w.is_sqlite:
            return f"{postgresql}({', '.join(args)})"
        if len(args) == 1:
            return args[0]
        if len(args) > _MOST_ROWS:
            args = [write(w, args[n : n + _MOST_ROWS]) for n in range(0, len(args), _MOST_ROWS)]
        if len(args) > _FEW:
            rows = ", ".join(f"({each})" for each in args)
            return f"(WITH m(x) AS (VALUES {rows}) SELECT {sqlite}(x) FROM m)"  # noqa: S608 - compiled
        turns = (", ".join(args[n:] + args[:n]) for n in range(len(args)))
        return f"{sqlite}({', '.join(f'COALESCE({turn})' for turn in turns)})"

    return write


def _total(_: Writer, args: list[str]) -> str:
    return "(" + " + ".join(f"COALESCE({a}, 0)" for a in args) + ")"


def _filled(w: Writer, args: list[str]) -> str:
    ones = " + ".join(f"CASE WHEN {a} IS NULL THEN 0 ELSE 1 END" for a in args)
    return w.wide(f"({ones})")


def _length(w: Writer, args: list[str]) -> str:
    return w.wide(f"COALESCE(length({args[0]}), 0)")


# --- dates --------------------------------------------------------------------------------
def _within(low: int, high: int) -> Write:
    def write(_: Writer, args: list[str]) -> str:
        a, b = args
        return f"CASE WHEN ({a} + {b}) BETWEEN {low} AND {high} THEN ({a} + {b}) END"

    return write


def _whole_days(w: Writer, args: list[str]) -> str:
    (a,) = args
    return f"CASE WHEN {w.m(a, str(DAY_US))} = 0 THEN {w.d(a, str(DAY_US))} END"


def _civil(strftime: str, field: str) -> Write:
    def write(w: Writer, args: list[str]) -> str:
        (day,) = args
        if w.is_sqlite:
            part = f"CAST(strftime('{strftime}', {day} * 86400, 'unixepoch') AS INTEGER)"
        else:
            part = w.wide(f"EXTRACT({field} FROM {w.date(day)})")
        return f"CASE WHEN {day} BETWEEN {FIRST_DAY} AND {LAST_DAY} THEN {part} END"

    return write


def _weekday(w: Writer, args: list[str]) -> str:
    (day,) = args
    rest = w.m(f"({day} + 3)", "7")
    return f"({w.m(f'({rest} + 7)', '7')} + 1)"


def _make_date(w: Writer, args: list[str]) -> str:
    year, month, day = args
    if w.is_sqlite:
        return f"pl_make_date({year}, {month}, {day})"
    first = f"make_date(CAST({year} AS INTEGER), CAST({month} AS INTEGER), 1)"
    last = f"EXTRACT(DAY FROM {first} + INTERVAL '1 month' - INTERVAL '1 day')"
    known = f"{year} BETWEEN 1 AND 9999 AND {month} BETWEEN 1 AND 12"
    date = f"({w.wide(_days_of(first))} + {day} - 1)"
    fits = f"CASE WHEN {day} BETWEEN 1 AND {last} THEN {date} END"
    return f"CASE WHEN {known} THEN {fits} END"


def _add_months(w: Writer, args: list[str]) -> str:
    day, months = args
    if w.is_sqlite:
        return f"pl_add_months({day}, {months})"
    start = w.date(day)
    later = f"CAST({start} + make_interval(months => CAST({months} AS INTEGER)) AS DATE)"
    return _months_later(day, months, w.wide(_days_of(later)), w)


def _month_end(w: Writer, args: list[str]) -> str:
    day, months = args
    if w.is_sqlite:
        return f"pl_month_end({day}, {months})"
    shift = f"make_interval(months => CAST({months} AS INTEGER) + 1)"
    start = f"date_trunc('month', CAST({w.date(day)} AS TIMESTAMP))"
    last = f"CAST({start} + {shift} - INTERVAL '1 day' AS DATE)"
    return _months_later(day, months, w.wide(_days_of(last)), w)


def _days_of(date: str) -> str:
    """The epoch day of a PostgreSQL date."""
    return f"({date} - DATE '1970-01-01')"


def _months_later(day: str, months: str, result: str, w: Writer) -> str:
    """NULL when the month reached is not in the years 1 to 9999."""
    date = w.date(day)
    index = f"(EXTRACT(YEAR FROM {date}) * 12 + EXTRACT(MONTH FROM {date}) - 1 + {months})"
    known = (
        f"{day} BETWEEN {FIRST_DAY} AND {LAST_DAY} AND {months} BETWEEN -{_MONTHS} AND {_MONTHS}"
    )
    fits = f"CASE WHEN {index} BETWEEN 12 AND 119999 THEN {result} END"
    return f"CASE WHEN {known} THEN {fits} END"


# --- comparison and logic -----------------------------------------------------------------
def _infix(sign: str) -> Write:
    return lambda _, args: "(" + f" {sign} ".join(args) + ")"


def _text_infix(sign: str) -> Write:
    return lambda w, args: f"({w.ordered(args[0])} {sign} {args[1]})"


def _in(_: Writer, args: list[str]) -> str:
    return f"({args[0]} IN ({', '.join(args[1:])}))"


def _between(w: Writer, args: list[str]) -> str:
    x, low, high = args
    return f"(({w.ordered(x)} >= {low}) AND ({w.ordered(x)} <= {high}))"


def _plain_between(_: Writer, args: list[str]) -> str:
    x, low, high = args
    return f"(({x} >= {low}) AND ({x} <= {high}))"


def _coalesce(w: Writer, args: list[str]) -> str:
    if len(args) == 1:
        return args[0]
    if len(args) > MOST_ARGUMENTS:
        first = f"COALESCE({', '.join(args[:MOST_ARGUMENTS])})"
        return _coalesce(w, [first, *args[MOST_ARGUMENTS:]])
    return f"COALESCE({', '.join(args)})"


def _case(_: Writer, args: list[str]) -> str:
    arms = "".join(f" WHEN {c} THEN {v}" for c, v in zip(args[:-1:2], args[1::2], strict=True))
    return f"CASE{arms} ELSE {args[-1]} END"


def _switch(_: Writer, args: list[str]) -> str:
    x, *rest = args
    arms = "".join(f" WHEN {k} THEN {v}" for k, v in zip(rest[:-1:2], rest[1::2], strict=True))
    return f"CASE {x}{arms} ELSE {rest[-1]} END"


# --- text ---------------------------------------------------------------------------------
def _concat(_: Writer, args: list[str]) -> str:
    return "NULLIF(" + " || ".join(f"COALESCE({a}, '')" for a in args) + ", '')"


def _left(w: Writer, args: list[str]) -> str:
    text, count = args
    return f"CASE WHEN {count} > 0 THEN NULLIF(substr({text}, 1, {w.int4(count)}), '') END"


def _right(w: Writer, args: list[str]) -> str:
    text, count = args
    size = w.int4(count)
    part = f"substr({text}, -{size})" if w.is_sqlite else f"right({text}, {size})"
    return f"CASE WHEN {count} > 0 THEN NULLIF({part}, '') END"


def _mid(w: Writer, args: list[str]) -> str:
    text, start, count = args
    part = f"NULLIF(substr({text}, {w.int4(start)}, {w.int4(count)}), '')"
    return f"CASE WHEN {start} > 0 AND {count} > 0 THEN {part} END"


def _contains(w: Writer, args: list[str]) -> str:
    text, part = args
    return f"({'instr' if w.is_sqlite else 'strpos'}({text}, {part}) > 0)"


def _starts_with(w: Writer, args: list[str]) -> str:
    text, part = args
    if w.is_sqlite:
        return f"(substr({text}, 1, length({part})) = {part})"
    return f"starts_with({text}, {part})"


def _matches(w: Writer, args: list[str]) -> str:
    text, pattern = args
    if w.is_sqlite:
        return f"({text} GLOB {pattern})"
    return f"({w.ordered(text)} LIKE {pattern} ESCAPE '{ESCAPE}')"


def _ends_with(w: Writer, args: list[str]) -> str:
    text, part = args
    tail = "substr({0}, -length({1}))" if w.is_sqlite else "right({0}, length({1}))"
    return f"({tail.format(text, part)} = {part})"


def _trim(w: Writer, args: list[str]) -> str:
    (text,) = args
    quoted = "'" + _SPACES.replace("\t", "' || chr(9) || '").replace("\r", "' || chr(13) || '")
    quoted = quoted.replace("\n", "' || chr(10) || '") + "'"
    if w.is_sqlite:
        return f"NULLIF(trim({text}, {quoted.replace('chr(', 'char(')}), '')"
    return f"NULLIF(btrim({text}, {quoted}), '')"


def _fold(name: str, source: str, target: str) -> Write:
    def write(w: Writer, args: list[str]) -> str:
        (text,) = args
        return f"{name}({text})" if w.is_sqlite else f"translate({text}, '{source}', '{target}')"

    return write


_COMPARISONS = {"eq": "=", "ne": "<>", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}

WRITE: dict[str, Write] = {
    "add": _infix("+"),
    "sub": _infix("-"),
    "mul": _infix("*"),
    "neg": lambda _, args: f"(0 - {args[0]})",
    "abs": lambda _, args: f"abs({args[0]})",
    "sign": _sign,
    "div": _div,
    "div_up": _div_up,
    "div_down": lambda w, args: w.d(args[0], f"NULLIF({args[1]}, 0)"),
    "div_floor": _div_floor,
    "mod": _mod,
    "least": _extreme("MIN", "LEAST"),
    "greatest": _extreme("MAX", "GREATEST"),
    "total": _total,
    "filled": _filled,
    "clamp": _clamp,
    "add_days": _within(FIRST_DAY, LAST_DAY),
    "add_us": _within(FIRST_US, LAST_US),
    "whole_days": _whole_days,
    "fits_int64": _fits_int64,
    "civil_year": _civil("%Y", "YEAR"),
    "civil_month": _civil("%m", "MONTH"),
    "civil_day": _civil("%d", "DAY"),
    "weekday": _weekday,
    "make_date": _make_date,
    "add_months": _add_months,
    "month_end": _month_end,
    **{name: _infix(sign) for name, sign in _COMPARISONS.items()},
    **{f"text_{name}": _text_infix(sign) for name, sign in _COMPARISONS.items()},
    "and": _infix("AND"),
    "or": _infix("OR"),
    "not": lambda _, args: f"(NOT {args[0]})",
    "in": _in,
    "between": _plain_between,
    "text_between": _between,
    "is_null": lambda _, args: f"({args[0]} IS NULL)",
    "coalesce": _coalesce,
    "case": _case,
    "switch": _switch,
    "concat": _concat,
    "length": _length,
    "left": _left,
    "right": _right,
    "mid": _mid,
    "contains": _contains,
    "starts_with": _starts_with,
    "ends_with": _ends_with,
    "matches": _matches,
    "trim": _trim,
    "upper": _fold("upper", _LOWER, _LOWER.upper()),
    "lower": _fold("lower", _LOWER.upper(), _LOWER),
}

# Operations whose text names an argument more than once: costly arguments are computed aside.
REPEATING = frozenset(
    {"div", "div_up", "div_floor", "mod", "sign", "clamp", "least", "greatest", "fits_int64"}
    | {"add_days", "add_us", "whole_days", "civil_year", "civil_month", "civil_day", "weekday"}
    | {"make_date", "add_months", "month_end", "between", "text_between"}
    | {"left", "right", "mid", "starts_with", "ends_with"}
)
