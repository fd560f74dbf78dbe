"""How large a number can get: the proof that an operation stays inside 64 bits."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from dsl import types as t
from dsl.ir import Call, Const, Field, Fold, Node, Param
from dsl.types import INT64_MAX, Type
from dsl.values import LAST_DAY, LAST_INSTANT

MAX_DIGITS = 1000
_MOST = 1 << MAX_DIGITS * 4  # where the search for bounds ends
# Looked up by class: a union of classes is made anew for every `isinstance`.
_UNBOUNDED: frozenset[type[Type]] = frozenset({t.Number, t.Duration})
_INTEGERS = _UNBOUNDED | {t.Date, t.DateTime}
_COUNT_BOUND = 10**12
_COUNTS = frozenset({"count", "rows", "distinct"})
_PICKED = frozenset({"min", "max", "nth_largest", "nth_smallest"})  # as large as their terms
_INT64_BITS = 63
_LEAST_LIMIT_BITS = 20  # below a million the guard would fail too often to be worth it


def is_integer(node: Node) -> bool:
    """Whether a node is a number, a date, an instant or a length of time."""
    return type(node.type) in _INTEGERS


def needs_guard(node: Node) -> bool:
    """Whether a leaf may hold any 64-bit integer (dates and instants are checked on write)."""
    if isinstance(node, Fold):
        return node.kind not in _COUNTS and is_unbounded(node)
    return isinstance(node, Field) and is_unbounded(node)


def is_unbounded(node: Node) -> bool:
    """Whether the type alone sets no bound."""
    return type(node.type) in _UNBOUNDED


class Magnitude:
    """Bounds of |raw value| of the steps of a formula when every unbounded leaf is within `limit`.

    `worst` is the largest integer that occurs on the way, steps inside a division included.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.worst = 0

    def of(self, steps: Iterable[_Step], most: int) -> int:
        """The bound of the last step (0 for texts and booleans), or of one that exceeds `most`."""
        found: list[int] = []
        for rule, node, places in steps:
            bound = rule(self, node, [found[place] for place in places])
            found.append(bound)
            self.worst = max(self.worst, bound)
            if self.worst > most:
                return bound
        return found[-1]

    def quotient(self, bounds: list[int]) -> int:
        """A rounded division: the doubled numerator plus the divisor must fit as well."""
        self.worst = max(self.worst, 2 * bounds[0] + bounds[1], 2 * bounds[1])
        return bounds[0] + 1

    def leaf(self, kind: Type) -> int:
        """A value that is not computed."""
        if type(kind) in _UNBOUNDED:
            return self.limit
        if isinstance(kind, t.Date):
            return LAST_DAY
        return LAST_INSTANT if isinstance(kind, t.DateTime) else 0


_Rule = Callable[[Magnitude, Any, list[int]], int]
# A node, its rule, and which of the steps before are its operands.
_Step = tuple[_Rule, Node, list[int]]


def _written(_bound: Magnitude, node: Const, _bounds: list[int]) -> int:
    return abs(node.value) if isinstance(node.value, int) else 0


def _read(bound: Magnitude, node: Field | Param, _bounds: list[int]) -> int:
    return bound.leaf(node.type)


def _folded(bound: Magnitude, node: Fold, _bounds: list[int]) -> int:
    match node:
        case Fold(kind=kind) if kind in _COUNTS:
            return _COUNT_BOUND
        case Fold(kind="avg", values=(value,), type=t.Number(scale=scale)):
            inner = value.type.scale if isinstance(value.type, t.Number) else 0
            return bound.leaf(value.type) * int(10 ** (scale - inner))
        case Fold(kind="interpolate", values=(_, y)):
            inside = Magnitude(bound.limit)
            found = inside.of(_steps(y), _MOST)
            bound.worst = max(bound.worst, inside.worst)
            return found
        case Fold(kind=kind, values=(value,)) if kind in _PICKED:
            return max(bound.leaf(node.type), Magnitude(bound.limit).of(_steps(value), _MOST))
        case _:
            return bound.leaf(node.type)


def _largest(_bound: Magnitude, _node: Call, bounds: list[int]) -> int:
    return max(bounds, default=0)


def _nothing(_bound: Magnitude, _node: Call, _bounds: list[int]) -> int:
    return 0


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
    "fits_int64": lambda _b, _n, bounds: min(bounds[0], INT64_MAX),
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


def _rule(node: Node) -> _Rule:
    if isinstance(node, Call):
        return _RULES.get(node.op, _largest) if is_integer(node) else _nothing
    if isinstance(node, Const):
        return _written
    return _folded if isinstance(node, Fold) else _read


def _steps(node: Node) -> list[_Step]:
    """All operations of this row level, operands first (what is inside a fold is not of it)."""
    order: list[Node] = []
    stack: list[Node] = [node]
    while stack:
        current = stack.pop()
        order.append(current)
        stack.extend(_operands(current))
    steps: list[_Step] = []
    places: dict[int, int] = {}
    for each in reversed(order):
        if id(each) not in places:
            places[id(each)] = len(steps)
            steps.append((_rule(each), each, [places[id(arg)] for arg in _operands(each)]))
    return steps


def _operands(node: Node) -> tuple[Node, ...]:
    return node.args if isinstance(node, (Call, Fold)) else ()


@dataclass(frozen=True, slots=True)
class _Sized:
    """A node with its steps, and how large these get when leaves hold any 64-bit integer."""

    node: Node
    steps: list[_Step]
    bound: int  # of the value
    worst: int  # of anything on the way


_latest: list[_Sized] = []  # the checker, the function and the statement ask about the same node
_LATEST = 4


def _sized(node: Node) -> _Sized:
    for known in _latest:
        if known.node is node:
            return known
    steps, magnitude = _steps(node), Magnitude(INT64_MAX)
    bound = magnitude.of(steps, _MOST)
    found = _Sized(node, steps, bound, magnitude.worst)
    _latest[:] = [found, *_latest[: _LATEST - 1]]
    return found


def guard_limit(node: Node) -> int | None:
    """The largest leaf value for which everything provably fits; INT64_MAX: no guard needed."""
    sized = _sized(node)
    fitting, failing = _LEAST_LIMIT_BITS, _INT64_BITS
    most = sized.worst.bit_length()
    if most <= _INT64_BITS:
        return INT64_MAX
    least = _bits(sized.steps, fitting)
    if least > _INT64_BITS:
        return None
    while failing - fitting > 1:  # the digits grow nearly evenly with those of the leaves
        step = (_INT64_BITS - least) * (failing - fitting) // (most - least)
        middle = min(max(fitting + step, fitting + 1), failing - 1)
        found = _bits(sized.steps, middle)
        if found <= _INT64_BITS:
            fitting, least = middle, found
        else:
            failing, most = middle, found
    return (1 << fitting) - 1


def _bits(steps: list[_Step], limit: int) -> int:
    """How many bits the largest step has when the leaves have at most `limit`."""
    magnitude = Magnitude((1 << limit) - 1)
    magnitude.of(steps, _MOST)
    return magnitude.worst.bit_length()


def grows_too_large(node: Node) -> bool:
    """Whether an exact value could need more than MAX_DIGITS digits."""
    stack: list[Node] = [node]
    while stack:
        current = stack.pop()
        if isinstance(current, Fold):
            stack.extend(part for part in (current.where, *current.values) if part is not None)
        sized = _sized(current)
        if int(sized.worst.bit_length() * 0.302) > MAX_DIGITS:
            return True
        stack.extend(part for _, part, _ in sized.steps[:-1] if isinstance(part, Fold))
    return False


def leaves_int64(node: Node) -> bool:
    """Whether a numeric result may leave int64 although every leaf is inside."""
    return is_integer(node) and _sized(node).bound > INT64_MAX
