"""How one operation on values that are not null is written as a Python `ast` expression."""

from __future__ import annotations

import ast
from collections.abc import Callable
from math import gcd
from typing import Protocol

from dsl import exact
from dsl.backends import python_nodes as n
from dsl.host import FOLDS
from dsl.ops import OPERATIONS

Expr = ast.expr


class Names(Protocol):
    """Gives out fresh local names."""

    def fresh(self) -> str:
        """A name that was not used before."""


def load(name: str) -> Expr:
    """Read a local variable."""
    return n.Name(name, n.LOAD)


def constant(value: int | str | bool | None) -> Expr:  # noqa: FBT001 -- a raw value
    """A literal."""
    return n.Constant(value)


TRUE: Expr = n.Constant(value=True)
FALSE: Expr = n.Constant(value=False)


def both(parts: list[Expr]) -> Expr:
    """A conjunction."""
    return parts[0] if len(parts) == 1 else n.BoolOp(ast.And(), parts)


def either(parts: list[Expr]) -> Expr:
    """An alternative."""
    return parts[0] if len(parts) == 1 else n.BoolOp(ast.Or(), parts)


def compared(left: Expr, op: ast.cmpop, right: Expr) -> Expr:
    """A comparison."""
    return n.Compare(left, [op], [right])


def is_none(value: Expr) -> Expr:
    """`value is None`."""
    if isinstance(value, n.Constant):
        return TRUE if value.value is None else FALSE
    return compared(value, ast.Is(), constant(None))


def is_not_none(value: Expr) -> Expr:
    """`value is not None`."""
    if isinstance(value, n.Constant):
        return FALSE if value.value is None else TRUE
    return compared(value, ast.IsNot(), constant(None))


def tested(test: Expr) -> str | None:
    """The variable that is not None behind a guard: `v is not None`, or `v` alone (a divisor)."""
    match test:
        case n.Compare(left=n.Name(id=name), ops=[ast.IsNot()]) | n.Name(id=name):
            return name
        case _:
            return None


def called(name: str, args: list[Expr]) -> Expr:
    """A call of one of our own helpers."""
    return n.Call(load(name), args, [])


def chosen(test: Expr, then: Expr, otherwise: Expr) -> Expr:
    """`then if test else otherwise`."""
    return n.IfExp(test, then, otherwise)


def arithmetic(left: Expr, op: ast.operator, right: Expr) -> Expr:
    """A sum, a product, ..."""
    return n.BinOp(left, op, right)


def opposite(value: Expr) -> Expr:
    """`-value`."""
    return n.UnaryOp(ast.USub(), value)


def kept(value: Expr, names: Names) -> tuple[Expr, Expr]:
    """An expression for its first use, and one for all later uses."""
    if isinstance(value, n.Name | n.Constant):
        return value, value
    name = names.fresh()
    return n.NamedExpr(n.Name(name, n.STORE), value), load(name)


COMPARE: dict[str, Callable[[], ast.cmpop]] = {
    "eq": ast.Eq,
    "ne": ast.NotEq,
    "lt": ast.Lt,
    "le": ast.LtE,
    "gt": ast.Gt,
    "ge": ast.GtE,
}
OPPOSITE = {"eq": "ne", "ne": "eq", "lt": "ge", "ge": "lt", "le": "gt", "gt": "le"}
_ARITHMETIC: dict[str, Callable[[], ast.operator]] = {
    "add": ast.Add,
    "sub": ast.Sub,
    "mul": ast.Mult,
}
DIVISIONS = frozenset({"div", "div_up", "div_down", "div_floor", "mod"})
# May yield None for arguments that are not None, so their result is looked at again.
PARTIAL = frozenset(row.name for row in OPERATIONS.values() if row.reason is not None) - DIVISIONS
_ZERO = 0


def write(op: str, args: list[Expr], names: Names) -> Expr:
    """The expression for a strict operation; a divisor is known to be different from 0."""
    if op in _ARITHMETIC:
        return arithmetic(args[0], _ARITHMETIC[op](), args[1])
    if op in COMPARE:
        return compared(args[0], COMPARE[op](), args[1])
    writer = _WRITERS.get(op)
    return called(op, args) if writer is None else writer(args, names)


def _same_signs(first: Expr, divisor: Expr) -> Expr:
    """Whether both are on one side of 0; jumps are cheaper than comparing two booleans."""
    above = compared(divisor, ast.Gt(), constant(_ZERO))
    below = compared(divisor, ast.Lt(), constant(_ZERO))
    return chosen(compared(first, ast.GtE(), constant(_ZERO)), above, below)


def _positive(value: Expr) -> int | None:
    found = value.value if isinstance(value, n.Constant) else None
    return found if type(found) is int and found > 0 else None


def _scaled(value: Expr) -> tuple[Expr, int]:
    """A product without its written-out positive factor, and that factor."""
    match value:
        case n.BinOp(left=left, op=ast.Mult(), right=right):
            for rest, written in ((left, right), (right, left)):
                factor = _positive(written)
                if factor is not None:
                    inner, more = _scaled(rest)
                    return inner, factor * more
    return value, 1


def _times(value: Expr, factor: int) -> Expr:
    return value if factor == 1 else arithmetic(value, ast.Mult(), constant(factor))


def _div(args: list[Expr], names: Names) -> Expr:
    """Half away from zero: floor((2a + b) / 2b), a bit less on the other side of zero.

    A constant factor of the numerator is multiplied in only once, and the sign is asked of the
    rest of it: small integers are compared faster.
    """
    rest, factor = _scaled(args[0])
    fixed = _positive(args[1])
    if fixed is not None:
        return _div_fixed(rest, factor, fixed, names)
    first, a = kept(rest, names)
    b = args[1]
    twice_a = _times(a, 2 * factor)
    twice_b = arithmetic(constant(2), ast.Mult(), b)
    up = arithmetic(arithmetic(twice_a, ast.Add(), b), ast.FloorDiv(), twice_b)
    down = arithmetic(arithmetic(b, ast.Sub(), twice_a), ast.FloorDiv(), twice_b)
    return chosen(_same_signs(first, b), up, opposite(down))


def _div_fixed(rest: Expr, factor: int, divisor: int, names: Names) -> Expr:
    common = gcd(factor, divisor)
    factor, divisor = factor // common, divisor // common
    if divisor == 1:
        return _times(rest, factor)
    if divisor % 2:
        factor, divisor = 2 * factor, 2 * divisor
    first, a = kept(rest, names)
    whole, half = constant(divisor), divisor // 2
    scaled = _times(a, factor)
    up = arithmetic(arithmetic(scaled, ast.Add(), constant(half)), ast.FloorDiv(), whole)
    down = arithmetic(arithmetic(scaled, ast.Add(), constant(half - 1)), ast.FloorDiv(), whole)
    return chosen(compared(first, ast.GtE(), constant(_ZERO)), up, down)


def _towards(args: list[Expr], names: Names, *, away: str) -> Expr:
    first, a = kept(args[0], names)
    floor = arithmetic(a, ast.FloorDiv(), args[1])
    ceiling = opposite(arithmetic(opposite(a), ast.FloorDiv(), args[1]))
    same, other = (ceiling, floor) if away else (floor, ceiling)
    return chosen(_same_signs(first, args[1]), same, other)


def _clamp(args: list[Expr], names: Names) -> Expr:
    first_x, x = kept(args[0], names)
    first_low, low = kept(args[1], names)
    first_high, high = kept(args[2], names)
    above = chosen(compared(x, ast.Gt(), first_high), high, x)
    return chosen(compared(first_x, ast.Lt(), first_low), low, above)


def _abs(args: list[Expr], names: Names) -> Expr:
    first, x = kept(args[0], names)
    return chosen(compared(first, ast.GtE(), constant(_ZERO)), x, opposite(x))


_Writer = Callable[[list[Expr], Names], Expr]
_WRITERS: dict[str, _Writer] = {
    "neg": lambda args, _names: opposite(args[0]),
    "abs": _abs,
    "pow": lambda args, _names: arithmetic(args[0], ast.Pow(), args[1]),
    "div": _div,
    "div_up": lambda args, names: _towards(args, names, away="away"),
    "div_down": lambda args, names: _towards(args, names, away=""),
    "div_floor": lambda args, _names: arithmetic(args[0], ast.FloorDiv(), args[1]),
    "mod": lambda args, _names: arithmetic(args[0], ast.Mod(), args[1]),
    "clamp": _clamp,
    "contains": lambda args, _names: compared(args[1], ast.In(), args[0]),
    "not": lambda args, _names: n.UnaryOp(ast.Not(), args[0]),
}

# What generated code may call; there are no other globals, not even the built-ins.
HELPERS: dict[str, object] = {
    "__builtins__": {},
    "len": len,
    "zip": zip,
    **exact.STRICT,
    "least": exact.least,
    "greatest": exact.greatest,
    "concat": exact.concat,
    "mean": exact.mean,
    "fits_int64": exact.fits_int64,
    "interpolate": exact.interpolate,
    "distinct": exact.distinct,
    **FOLDS,
}
