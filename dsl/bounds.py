"""How large a number can get: the proof that an operation stays inside 64 bits."""

from __future__ import annotations

from collections.abc import Callable

from dsl import types as t
from dsl.ir import Call, Const, Field, Fold, Node, Param, children
from dsl.types import INT64_MAX
from dsl.values import LAST_DAY, LAST_INSTANT

MAX_DIGITS = 1000
_COUNT_BOUND = 10**12
_COUNTS = frozenset({"count", "rows", "distinct"})
_LEAST_LIMIT_BITS = 20  # below a million the guard would fail too often to be worth it


def is_integer(node: Node) -> bool:
    """Whether a node is a number, a date, an instant or a length of time."""
    return isinstance(node.type, t.Number | t.Date | t.DateTime | t.Duration)


def needs_guard(node: Node) -> bool:
    """Whether a leaf may hold any 64-bit integer (dates and instants are checked on write)."""
    if isinstance(node, Fold):
        return node.kind not in _COUNTS and is_unbounded(node)
    return isinstance(node, Field) and is_unbounded(node)


def is_unbounded(node: Node) -> bool:
    """Whether the type alone sets no bound."""
    return isinstance(node.type, t.Number | t.Duration)


class Magnitude:
    """Bounds of |raw value| below a node when every unbounded leaf is within `limit`.

    `worst` is the largest integer that occurs on the way, steps inside a division included.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._known: dict[int, int] = {}
        self.worst = 0

    def of(self, node: Node) -> int:
        """The bound for one node (0 for texts and booleans)."""
        found = self._known.get(id(node))
        if found is None:
            found = self._compute(node)
            self._known[id(node)] = found
            self.worst = max(self.worst, found)
        return found

    def _compute(self, node: Node) -> int:
        match node:
            case Const(value=value):
                return abs(value) if isinstance(value, int) else 0
            case Field() | Param():
                return self._leaf(node)
            case Fold():
                return self._fold(node)
            case Call(op=op, args=args):
                bounds = [self.of(arg) for arg in args]
                if not is_integer(node):
                    return 0
                return _RULES[op](self, node, bounds) if op in _RULES else max(bounds, default=0)

    def _leaf(self, node: Node) -> int:
        match node.type:
            case t.Date():
                return LAST_DAY
            case t.DateTime():
                return LAST_INSTANT
            case t.Number() | t.Duration():
                return self._limit
            case _:
                return 0

    def _fold(self, node: Fold) -> int:
        for arg in node.args:
            self.of(arg)
        match node:
            case Fold(kind=kind) if kind in _COUNTS:
                return _COUNT_BOUND
            case Fold(kind="avg", values=(value,), type=t.Number(scale=scale)):
                inner = value.type.scale if isinstance(value.type, t.Number) else 0
                return self._leaf(value) * int(10 ** (scale - inner))
            case Fold(kind="interpolate", values=(_, y)):
                return self.of(y)
            case _:
                return self._leaf(node)

    def quotient(self, bounds: list[int]) -> int:
        """A rounded division: the doubled numerator plus the divisor must fit as well."""
        self.worst = max(self.worst, 2 * bounds[0] + bounds[1], 2 * bounds[1])
        return bounds[0] + 1


_Rule = Callable[[Magnitude, Call, list[int]], int]


def _divided(bound: Magnitude, node: Call, bounds: list[int]) -> int:
    divisor = node.args[1]
    numerator = bound.quotient(bounds)
    if isinstance(divisor, Const) and isinstance(divisor.value, int) and divisor.value:
        return numerator // abs(divisor.value) + 1
    return numerator


def _branches(node: Call, bounds: list[int]) -> list[int]:
    first = 1 if node.op == "case" else 2
    return [*bounds[first::2], bounds[-1]]


_RULES: dict[str, _Rule] = {
    "add": lambda _b, _n, bounds: sum(bounds),
    "sub": lambda _b, _n, bounds: sum(bounds),
    "total": lambda _b, _n, bounds: sum(bounds),
    "mul": lambda _b, _n, bounds: bounds[0] * bounds[1],
    "pow": lambda _b, node, bounds: max(1, bounds[0]) ** _exponent(node),
    "div": _divided,
    "div_up": _divided,
    "div_down": _divided,
    "div_floor": _divided,
    "mod": lambda _b, _n, bounds: bounds[1],
    "sign": lambda _b, _n, _bounds: 1,
    "length": lambda _b, _n, _bounds: _COUNT_BOUND,
    "filled": lambda _b, node, _bounds: len(node.args),
    "case": lambda _b, node, bounds: max(_branches(node, bounds)),
    "switch": lambda _b, node, bounds: max(_branches(node, bounds)),
    **dict.fromkeys(
        ("root", "natural_logarithm", "decimal_logarithm", "exponential", "power", "read_number"),
        lambda _b, _n, _bounds: INT64_MAX,
    ),
    "find": lambda _b, _n, _bounds: _COUNT_BOUND,
    "civil_year": lambda _b, _n, _bounds: 9999,
    "civil_month": lambda _b, _n, _bounds: 12,
    "civil_day": lambda _b, _n, _bounds: 31,
    "weekday": lambda _b, _n, _bounds: 7,
    "working_days": lambda _b, _n, _bounds: 2 * LAST_DAY,
    "working_day_after": lambda _b, _n, _bounds: LAST_DAY,
    "make_date": lambda bound, _n, bounds: _kept(bound, sum(bounds), LAST_DAY),
    "add_months": lambda bound, _n, bounds: _kept(bound, sum(bounds), LAST_DAY),
    "month_end": lambda bound, _n, bounds: _kept(bound, sum(bounds), LAST_DAY),
    "add_days": lambda bound, _n, bounds: _kept(bound, sum(bounds), LAST_DAY),
    "add_us": lambda bound, _n, bounds: _kept(bound, sum(bounds), LAST_INSTANT),
}


def _exponent(node: Call) -> int:
    exponent = node.args[1]
    value = exponent.value if isinstance(exponent, Const) else None
    return int(value) if value is not None else 1


def _kept(bound: Magnitude, step: int, result: int) -> int:
    """A date is cut to its range; the sum on the way must fit (months: about 32 days each)."""
    bound.worst = max(bound.worst, step * 32)
    return result


def guard_limit(node: Node) -> int | None:
    """The largest leaf value for which everything provably fits; INT64_MAX: no guard needed."""
    parts = _integers(node)
    fitting, failing = _LEAST_LIMIT_BITS, 64
    if not _fits(parts, (1 << fitting) - 1):
        return None
    while failing - fitting > 1:
        middle = (fitting + failing) // 2
        if _fits(parts, (1 << middle) - 1):
            fitting = middle
        else:
            failing = middle
    return (1 << fitting) - 1


def _fits(parts: list[Node], limit: int) -> bool:
    magnitude = Magnitude(limit)
    for part in parts:
        magnitude.of(part)
    return magnitude.worst <= INT64_MAX


def _integers(node: Node) -> list[Node]:
    """All operations of this row level, operands first (what is inside a fold is not of it)."""
    order: list[Node] = []
    stack: list[Node] = [node]
    while stack:
        current = stack.pop()
        order.append(current)
        below = current.args if isinstance(current, Fold) else children(current)
        stack.extend(below)
    return order[::-1]


def grows_too_large(node: Node) -> bool:
    """Whether an exact value could need more than MAX_DIGITS digits."""
    stack: list[Node] = [node]
    while stack:
        current = stack.pop()
        if isinstance(current, Fold):
            stack.extend(part for part in (current.where, *current.values) if part is not None)
        if _worst_digits(current) > MAX_DIGITS:
            return True
        below = (part for part in _integers(current) if part is not current)
        stack.extend(part for part in below if isinstance(part, Fold))
    return False


def _worst_digits(node: Node) -> int:
    magnitude = Magnitude(INT64_MAX)
    for part in _integers(node):
        if magnitude.of(part).bit_length() > MAX_DIGITS * 4:
            return MAX_DIGITS + 1
    return int(magnitude.worst.bit_length() * 0.302)


def leaves_int64(node: Node) -> bool:
    """Whether a numeric result may leave int64 although every leaf is inside."""
    if not is_integer(node):
        return False
    magnitude = Magnitude(INT64_MAX)
    result = 0
    for part in _integers(node):
        result = magnitude.of(part)
    return result > INT64_MAX
