"""Deliberate mistakes outside Python: in the SQL of an operation, in the browser's interpreter, and
in what the checker makes of a formula."""

from dataclasses import dataclass

from dsl.functions import criteria

from .mutants import TEXT_ORDER


@dataclass(frozen=True, slots=True)
class SqlMutant:
    """The text of one operation in SQL, written otherwise."""

    name: str
    operation: str
    write: object


@dataclass(frozen=True, slots=True)
class BrowserMutant:
    """A part of the interpreter's text, and what stands there instead."""

    name: str
    operations: frozenset
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class CheckerMutant:
    """A table of the checker that is wrong for all executors alike: the case files must see it."""

    name: str
    table: object
    changes: dict


SQL_MUTANTS = (
    SqlMutant(
        "AND of two values",
        "and",
        lambda _, args: f"({' AND '.join(f'COALESCE({arg}, 0)' for arg in args)})",
    ),
    SqlMutant("division cuts", "div", lambda w, args: w.d(args[0], f"NULLIF({args[1]}, 0)")),
    SqlMutant("remainder of SQL", "mod", lambda w, args: w.m(args[0], f"NULLIF({args[1]}, 0)")),
    SqlMutant("spaces alone", "trim", lambda _, args: f"NULLIF(TRIM({args[0]}), '')"),
    SqlMutant("bytes", "length", lambda _, args: f"COALESCE(LENGTH(CAST({args[0]} AS BLOB)), 0)"),
    SqlMutant("text joined with nothing", "concat", lambda _, args: f"({' || '.join(args)})"),
    SqlMutant("Sunday is 1", "weekday", lambda _, args: f"((({args[0]} + 4) % 7 + 7) % 7 + 1)"),
    SqlMutant("scalar MIN", "least", lambda _, args: f"MIN({', '.join([*args, args[0]])})"),
)
BROWSER_MUTANTS = (
    BrowserMutant(
        "half upwards",
        frozenset({"div"}),
        "return negative ? -quotient : quotient;",
        "return negative ? -(quotient - ((2n * numerator + denominator) % (2n * denominator)"
        " === 0n ? 1n : 0n)) : quotient;",
    ),
    BrowserMutant(
        "UTF-16 order",
        frozenset({TEXT_ORDER}),
        'if (typeof left === "string" && typeof right === "string") {',
        'if (typeof left === "symbol") {',
    ),
    BrowserMutant(
        "AND of two values",
        frozenset({"and", "in", "between"}),
        "return args.includes(null) ? null : !decisive;",
        "return !decisive;",
    ),
    BrowserMutant(
        "64 bits unguarded",
        frozenset({"mul", "add", "sub", "pow", "sum"}),
        "const isInt64 = (a) => a >= -INT64_MAX && a <= INT64_MAX;",
        "const isInt64 = (a) => true;",
    ),
    BrowserMutant(
        "length in UTF-16",
        frozenset({"length"}),
        "BigInt([...text].length)",
        "BigInt(text.length)",
    ),
    BrowserMutant(
        "numbers are floats",
        frozenset({"mul"}),
        "mul: (a, b) => a * b,",
        "mul: (a, b) => BigInt(Number(a) * Number(b)),",
    ),
    BrowserMutant(
        "the remainder of JavaScript",
        frozenset({"mod"}),
        "return rest !== 0n && rest < 0n !== b < 0n ? rest + b : rest;",
        "return rest;",
    ),
    BrowserMutant(
        "months roll over",
        frozenset({"add_months"}),
        "later.day < last ? later.day : last",
        "later.day",
    ),
    BrowserMutant(
        "blanks are counted",
        frozenset({"count", "distinct"}),
        ".filter((tuple) => !tuple.includes(null))",
        "",
    ),
)
CHECKER_MUTANTS = (
    CheckerMutant("wide criteria are texts", criteria._WIDE, dict.fromkeys(criteria._WIDE, "!")),
    CheckerMutant("at least is more than", criteria._OPS, {">=": "gt"}),
    CheckerMutant("other than is the same as", criteria._OPS, {"<>": "eq"}),
)
