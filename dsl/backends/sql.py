"""Lower a formula to a dialect-neutral tree of SQL operations, with int64 guards.

`store.formula_sql` maps this tree to elements of its own and binds every constant as a parameter.
The nodes are `Const`, `Field`, `Param`, `Op`, `Fold`, `Guarded` and `Hosted`; nothing else occurs.
NULL is SQL NULL, booleans are three-valued, numbers, dates and instants are integers.

Integer operations. `a`, `b` are integers; "null0" means: NULL when b = 0.

| name | args | meaning |
| --- | --- | --- |
| add sub mul | a, b | integer arithmetic, NULL if either is NULL |
| neg abs sign | a | `sign` is -1, 0, 1 |
| div | a, b | round(a / b) half AWAY from zero, null0. Not SQL's `/` on anything but integers: |
| | | same signs: (2a + b) / (2b); other signs: (2a - b) / (2b), with truncating division |
| div_up | a, b | away from zero, null0 |
| div_down | a, b | towards zero (truncation), null0 |
| div_floor | a, b | towards minus infinity, null0 |
| mod | a, b | remainder with the sign of b (Excel), null0: m = a % b; m + b if m and signs differ |
| least greatest | a, ... | smallest, largest of the arguments that are not NULL; NULL if all are |
| total | a, ... | sum of the arguments that are not NULL; 0 if all are |
| filled | a, ... | how many arguments are not NULL |
| clamp | x, lo, hi | lo if x < lo, else hi if x > hi, else x; NULL if any is NULL |
| add_days | day, n | day + n; NULL outside -719162 .. 2932896 (years 1 to 9999) |
| add_us | at, us | at + us; NULL outside -62135596800000000 .. 253402300799999999 |
| whole_days | us | us / 86400000000 when that is a whole number, else NULL |
| fits_int64 | a | a; NULL when it leaves int64. The value of a computed field |
| civil_year civil_month civil_day | day | of the civil (Gregorian) date of an epoch day |
| weekday | day | Monday 1 .. Sunday 7: floor-mod(day + 3, 7) + 1 |
| make_date | y, m, d | epoch day; NULL if not a real date in years 1 .. 9999 |
| add_months | day, n | same day n months later, or that month's last day; NULL out of range |
| month_end | day, n | last day of the month n months later; NULL out of range |
| working_days | day, day, calendar | `dsl.calendars.working_days`; the calendar is a `Param` |
| working_day_after | day, n, calendar | `dsl.calendars.working_day_after` |

Comparison and logic. `x`, `y` have one type; text compares by code point (COLLATE "C" / BINARY).

| name | args | meaning |
| --- | --- | --- |
| eq ne lt le gt ge | x, y | NULL if either is NULL |
| and or | p, ... | two or more arguments, three-valued |
| not | p | three-valued |
| in | x, y, ... | three-valued OR of x = y |
| between | x, lo, hi | three-valued (x >= lo) AND (x <= hi) |
| is_null | x | never NULL |
| coalesce | x, ... | first that is not NULL |
| case | c1, v1, c2, v2, ..., else | first v whose c is true; NULL counts as false. One flat CASE |
| switch | x, k1, v1, ..., else | first v with x = k; NULL equals nothing |

Text. Empty text is NULL: a text result of length 0 must be NULL (NULLIF(..., '')).

| name | args | meaning |
| --- | --- | --- |
| concat | t, ... | NULL arguments count as empty |
| length | t | code points; 0 for NULL |
| left right | t, n | first, last n code points; all if n is larger, NULL if n <= 0 |
| mid | t, start, n | n code points from position start (first is 1); NULL if start < 1 or n <= 0 |
| contains starts_with ends_with | t, part | exact, case-sensitive; no LIKE |
| matches | t, pattern | `dsl.wildcards.matches`; the pattern is a `Const` |
| trim | t | strip space, tab, CR, LF, U+00A0, U+3000 at both ends |
| upper lower | t | fold a-z / A-Z only |

`Fold` aggregates child rows. `where` must be TRUE (not NULL) for a row to count; inside `where`
and `value` a `Field` is a column of the child row, or of the owning row when `outer`.

| kind | meaning |
| --- | --- |
| sum | sum of value, NULLs skipped, 0 for no rows; NULL when the exact sum leaves int64 |
| count | rows whose value is not NULL |
| rows | rows |
| distinct | how many different values, NULLs skipped |
| min max | of value, NULLs skipped, NULL for no rows |

`Guarded(leaves, limit, body, node)`: when every leaf is NULL or has ABS(leaf) <= limit, no integer
step of `body` leaves int64 (the steps inside `div` as written above included), so `body` runs in
plain 64-bit integers. Otherwise, and always when `limit` is None, the exact value is wanted:

- PostgreSQL: `body` with every integer leaf and constant cast to numeric (`div` with the
  truncating `div()`); a number with ABS > 2^63 - 1 becomes NULL, others are cast to bigint.
- SQLite: a user function of the values of `inputs`, in that order; `exact(guarded)` is the Python
  function to register, `guarded.key` its identity. It returns NULL for a result outside int64.

A tree without `Guarded` is proved safe. `Hosted(inputs, node, key)` is computed by Python alone: in
SQLite by a user function as above, in PostgreSQL not at all (`NotPushable`). `Guarded` and `Hosted`
are the root of a formula or of a part of a `Fold`, never deeper. A `Fold.value` that is one of them
is a term (`Fold.has_term`) unless it is a computed field, which is blank beyond int64 everywhere: a
term stays exact beyond int64, so that no number is left out of a sum in silence.
PostgreSQL's is numeric; SQLite's a decimal text that only `pl_sum` adds up (`exact_term`).
A formula that the database cannot compute raises `NotPushable`; `store.source` then reads what it
needs and has Python compute it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from operator import is_
from typing import TYPE_CHECKING, Literal, cast, get_args

from dsl import ir
from dsl import types as t
from dsl.backends.python import flat_function
from dsl.bounds import guard_limit, needs_guard
from dsl.ops import OPERATIONS
from dsl.types import INT64_MAX, Raw, Type

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from dsl.formula import Formula

SqlFoldKind = Literal["sum", "count", "rows", "distinct", "min", "max"]

_SQL_FOLDS = frozenset(get_args(SqlFoldKind))
_FOLDS_OF_TERMS = frozenset({"sum", "count", "distinct"})  # do not compare numbers beyond int64
INTEGER_OPS = frozenset(
    [
        "add",
        "sub",
        "mul",
        "neg",
        "abs",
        "sign",
        "div",
        "div_up",
        "div_down",
        "div_floor",
        "mod",
        "least",
        "greatest",
        "total",
        "filled",
        "clamp",
        "add_days",
        "add_us",
        "whole_days",
        "fits_int64",
        "civil_year",
        "civil_month",
        "civil_day",
        "weekday",
        "make_date",
        "add_months",
        "month_end",
        "working_days",
        "working_day_after",
    ]
)
LOGIC_OPS = frozenset(
    [
        "eq",
        "ne",
        "lt",
        "le",
        "gt",
        "ge",
        "and",
        "or",
        "not",
        "in",
        "between",
        "is_null",
        "coalesce",
        "case",
        "switch",
    ]
)
TEXT_OPS = frozenset(
    [
        "concat",
        "length",
        "left",
        "right",
        "mid",
        "contains",
        "starts_with",
        "ends_with",
        "matches",
        "trim",
        "upper",
        "lower",
    ]
)
OP_NAMES = INTEGER_OPS | LOGIC_OPS | TEXT_OPS


@dataclass(frozen=True, slots=True)
class Const:
    """A bound parameter."""

    value: Raw
    type: Type


@dataclass(frozen=True, slots=True)
class Field:
    """A column, by dotted to-one path; `outer` = of the row that owns the child rows."""

    path: str
    type: Type
    outer: bool = False


@dataclass(frozen=True, slots=True)
class Param:
    """today, now, period_start, period_end or a calendar; bound when the statement runs."""

    name: str
    type: Type


@dataclass(frozen=True, slots=True)
class Op:
    """One operation of the table above; `type` is the type of its result."""

    name: str
    args: tuple[SqlOp, ...]
    type: Type


@dataclass(frozen=True, slots=True)
class Fold:
    """An aggregate over the child table at path `rows`; `condition` is what `where` came from."""

    kind: SqlFoldKind
    rows: str
    where: SqlOp | None
    value: SqlOp | None
    type: Type
    condition: ir.Node | None = None

    @property
    def has_term(self) -> bool:
        """Whether the value may be beyond 64 bits."""
        return isinstance(self.value, Guarded | Hosted) and not _is_fitted(self.value.node)


@dataclass(frozen=True, slots=True)
class Guarded:
    """`body` in int64 when every leaf is within `limit`, else the exact value of `node`.

    `leaves` are to be compared with the limit; `inputs` are all that `exact` needs.
    """

    leaves: tuple[Field | Fold, ...]
    limit: int | None
    body: SqlOp
    inputs: tuple[SqlOp, ...]
    node: ir.Node
    key: str
    type: Type


@dataclass(frozen=True, slots=True)
class Hosted:
    """The exact value of `node`, computed by Python from `inputs`."""

    inputs: tuple[SqlOp, ...]
    node: ir.Node
    key: str
    type: Type


SqlOp = Const | Field | Param | Op | Fold | Guarded | Hosted


class NotPushable(ValueError):  # noqa: N818 -- a statement about the formula, not a failure
    """The formula has a part that no database computes; run it in Python."""


def lower(formula: Formula) -> SqlOp:
    """The operation tree of a formula."""
    return lower_node(formula.ir, formula.hash)


def lower_node(node: ir.Node, key: str | None = None) -> SqlOp:
    """The operation tree of an IR node, guarded where 64 bits may not be enough.

    `key` is the hash of the node if it is known.
    """
    key = key or ir.hash_of(node)
    node = _expanded(node)
    if is_hosted(node):
        leaves = tuple(_lowered(leaf) for leaf in leaves_of(node))
        return Hosted(leaves, node, key, node.type)
    limit = guard_limit(node)
    body = _lowered(node)
    if limit == INT64_MAX:
        return body
    nodes = leaves_of(node)
    inputs = tuple(_lowered(leaf) for leaf in nodes)
    watched = tuple(
        op
        for leaf, op in zip(nodes, inputs, strict=True)
        if needs_guard(leaf) and isinstance(op, Field | Fold)
    )
    return Guarded(watched, limit, body, inputs, node, key, node.type)


def is_pushable(formula: Formula) -> bool:
    """Whether every database can compute the formula."""
    try:
        return not _has_hosted(lower(formula))
    except NotPushable:
        return False


def _has_hosted(op: SqlOp) -> bool:
    match op:
        case Hosted():
            return True
        case Op(args=args):
            return any(_has_hosted(arg) for arg in args)
        case Fold(where=where, value=value):
            return any(part is not None and _has_hosted(part) for part in (where, value))
        case Guarded(body=body):
            return _has_hosted(body)
        case _:
            return False


def is_hosted(node: ir.Node) -> bool:
    """Whether an operation of this row level is one that only Python computes."""
    stack = [node]
    while stack:
        current = stack.pop()
        if isinstance(current, ir.Call):
            if OPERATIONS[current.op].server:
                return True
            stack.extend(current.args)
    return False


def exact(guarded: Guarded | Hosted) -> Callable[..., Raw]:
    """The exact function of the values of its `inputs`, for a database without big integers."""
    return exact_function(guarded.node)


def exact_function(node: ir.Node) -> Callable[..., Raw]:
    """The exact function of the values of `leaves_of(node)`."""
    leaves = leaves_of(node)
    return _of_stored(leaves, flat_function(node, leaves))


def exact_term(term: Guarded | Hosted) -> Callable[..., Raw]:
    """Like `exact` for a `Fold.value`: a number beyond 64 bits as a decimal text."""
    leaves = leaves_of(term.node)
    function = _of_stored(leaves, flat_function(term.node, leaves, cut=False))

    def as_storable(*values: Raw) -> Raw:
        value = function(*values)
        return str(value) if type(value) is int and abs(value) > INT64_MAX else value

    return as_storable


def _of_stored(leaves: Sequence[ir.Node], function: Callable[..., Raw]) -> Callable[..., Raw]:
    """The function of values as SQLite hands them over."""
    flags = [isinstance(leaf.type, t.Boolean) for leaf in leaves]
    if not any(flags):
        return function

    def with_booleans(*values: Raw) -> Raw:
        """SQLite hands booleans over as 0 and 1."""
        pairs = zip(flags, values, strict=True)
        return function(*(bool(v) if flag and v is not None else v for flag, v in pairs))

    return with_booleans


def _lowered(node: ir.Node) -> SqlOp:
    match node:
        case ir.Call(op=op, args=args, type=kind):
            return Op(op, tuple(_lowered(arg) for arg in args), kind)
        case ir.Const(value=value, type=kind):
            return Const(value, kind)
        case ir.Field(path=path, type=kind, outer=outer):
            return Field(path, kind, outer)
        case ir.Param(name=name, type=kind):
            return Param(name, kind)
        case ir.Fold():
            return _lowered_fold(node)


def _lowered_fold(node: ir.Fold) -> SqlOp:
    kind = node.kind
    if kind not in _SQL_FOLDS:
        raise NotPushable(kind)
    where = None if node.where is None else lower_node(node.where)
    value = lower_node(node.values[0]) if node.values else None
    fold = Fold(cast("SqlFoldKind", kind), node.rows, where, value, node.type, node.where)
    if fold.has_term and kind not in _FOLDS_OF_TERMS:
        raise NotPushable(kind)
    return fold


def _is_fitted(node: ir.Node) -> bool:
    return isinstance(node, ir.Call) and node.op == "fits_int64"


def leaves_of(node: ir.Node) -> tuple[ir.Node, ...]:
    """Fields, parameters and aggregates of this row, each once, in order of appearance."""
    found: dict[ir.Node, None] = {}
    stack = [node]
    while stack:
        current = stack.pop()
        if isinstance(current, ir.Field | ir.Param | ir.Fold):
            found.setdefault(current)
        else:
            stack.extend(reversed(ir.children(current)))
    return tuple(found)


def _expanded(node: ir.Node) -> ir.Node:
    """Means become sum and count, powers become products."""
    match node:
        case ir.Call(op="pow", args=(base, ir.Const(value=int(exponent)))):
            return _product(_expanded(base), exponent, node.type)
        case ir.Call(op=op, args=args, type=kind, span=span):
            below = tuple(map(_expanded, args))
            return node if all(map(is_, below, args)) else ir.Call(op, below, kind, span)
        case ir.Fold(kind="avg", type=t.Number(scale=scale)):
            return _mean(node, scale)
        case _:
            return node


def _product(base: ir.Node, exponent: int, kind: Type) -> ir.Node:
    product = base
    for _ in range(exponent - 1):
        product = ir.Call("mul", (product, base), kind)
    return product


def _mean(node: ir.Fold, scale: int) -> ir.Node:
    value = node.values[0]
    inner = value.type.scale if isinstance(value.type, t.Number) else 0
    total = replace(node, kind="sum", type=value.type)
    count = replace(node, kind="count", type=t.Number(0))
    factor = ir.Const(10 ** (scale - inner), t.Number(0))
    return ir.Call("div", (ir.Call("mul", (total, factor), node.type), count), node.type)
