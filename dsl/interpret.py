"""Compute the IR plainly, node by node: the reference for executors, which explanations read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from dsl import exact
from dsl import types as t
from dsl.codes import (
    BLANK,
    NO_MATCH,
    NO_PARAMETER,
    NO_VALUES,
    OVERFLOW,
    SAID_NULL,
)
from dsl.host import FOLDS
from dsl.ir import Call, Const, Field, Fold, Node, Param
from dsl.ops import OPERATIONS, SERVER_FOLDS
from dsl.types import DIVISION_SCALE, Raw

Row = Mapping[str, "Raw | Sequence[Row]"]
# A value, and the code of the reason when it is None.
Result = tuple[Any, str | None]


def interpret(node: Node, row: Row, params: Mapping[str, Raw]) -> Result:
    """The value of a formula's IR for one row, or None and why."""
    value, reason = _Walker(row, params, None).result(node)
    if isinstance(value, int) and exact.fits_int64(value) is None:
        return None, OVERFLOW
    return value, reason


class _Walker:
    """Computes nodes for one row; `outer` is the walker of the row that owns it."""

    def __init__(self, row: Row, params: Mapping[str, Raw], outer: _Walker | None) -> None:
        self._row = row
        self._params = params
        self._outer = outer

    def result(self, node: Node) -> Result:
        # not a match statement: it would try the frequent kinds last and bind what is not needed
        if isinstance(node, Call):
            special = _SPECIAL.get(node.op)
            return self._strict(node) if special is None else special(self, node)
        if isinstance(node, Field):
            owner = self._outer if node.outer and self._outer is not None else self
            found = owner._row.get(node.path)  # noqa: SLF001 -- same class
            return found, None if found is not None else BLANK
        if isinstance(node, Const):
            return node.value, None if node.value is not None else SAID_NULL
        if isinstance(node, Param):
            given = self._params.get(node.name)
            return given, None if given is not None else NO_PARAMETER
        return self._fold(node)

    def _strict(self, node: Call) -> Result:
        values: list[Any] = []
        for arg in node.args:
            value, reason = self.result(arg)
            if value is None:
                return None, reason
            values.append(value)
        value = exact.STRICT[node.op](*values)
        if value is not None:
            return value, None
        divisor = node.args[-1]
        if isinstance(divisor, Call) and divisor.op == "filled":
            return None, NO_VALUES
        return None, OPERATIONS[node.op].reason

    # -- the operations with a null rule of their own

    def logic(self, node: Call) -> Result:
        decisive = node.op == "or"
        unknown: str | None = None
        for arg in node.args:
            value, reason = self.result(arg)
            if value is decisive:
                return decisive, None
            unknown = unknown or (reason if value is None else None)
        return (None, unknown) if unknown else (not decisive, None)

    def within(self, node: Call) -> Result:
        item, *options = node.args
        equal = tuple(Call("eq", (item, option), node.type) for option in options)
        return self.logic(Call("or", equal, node.type))

    def between(self, node: Call) -> Result:
        item, low, high = node.args
        ends = (Call("ge", (item, low), node.type), Call("le", (item, high), node.type))
        return self.logic(Call("and", ends, node.type))

    def is_null(self, node: Call) -> Result:
        return self.result(node.args[0])[0] is None, None

    def case(self, node: Call) -> Result:
        *pairs, otherwise = node.args
        for condition, value in zip(pairs[0::2], pairs[1::2], strict=True):
            if self.result(condition)[0] is True:
                return self.result(value)
        return self._otherwise(otherwise)

    def switch(self, node: Call) -> Result:
        item, *pairs, otherwise = node.args
        wanted, _reason = self.result(item)
        for key, value in zip(pairs[0::2], pairs[1::2], strict=True):
            found = self.result(key)[0]
            if wanted is not None and found is not None and found == wanted:
                return self.result(value)
        return self._otherwise(otherwise)

    def _otherwise(self, node: Node) -> Result:
        left_out = isinstance(node, Const) and node.unsaid
        return (None, NO_MATCH) if left_out else self.result(node)

    def coalesce(self, node: Call) -> Result:
        result: Result = (None, SAID_NULL)
        for arg in node.args:
            result = self.result(arg)
            if result[0] is not None:
                break
        return result

    def extreme(self, node: Call) -> Result:
        pick = exact.least if node.op == "least" else exact.greatest
        value = pick(*self._values(node))
        return value, None if value is not None else NO_VALUES

    def total(self, node: Call) -> Result:
        return sum(value for value in self._values(node) if value is not None), None

    def filled(self, node: Call) -> Result:
        return sum(value is not None for value in self._values(node)), None

    def concat(self, node: Call) -> Result:
        value = exact.concat(*self._values(node))
        return value, None if value is not None else NO_VALUES

    def length(self, node: Call) -> Result:
        return len(self.result(node.args[0])[0] or ""), None

    def _values(self, node: Call) -> Iterable[Any]:
        return [self.result(arg)[0] for arg in node.args]

    # -- child rows

    def _fold(self, node: Fold) -> Result:
        rows = self._row.get(node.rows) or ()
        assert not isinstance(rows, str | int)  # noqa: S101 -- a child table holds rows
        walkers = [_Walker(row, self._params, self) for row in rows]
        if node.where is not None:
            walkers = [w for w in walkers if w.result(node.where)[0] is True]
        if node.kind == "rows":
            return len(walkers), None
        values = [[w.result(value)[0] for value in node.values] for w in walkers]
        filled = [row for row in values if None not in row]
        if node.kind == "interpolate":
            return self._interpolated(node, filled)
        if node.kind in FOLDS:
            return self._listed(node, [row[0] for row in filled])
        return _folded(node, [row[0] for row in filled])

    def _listed(self, node: Fold, values: list[Any]) -> Result:
        at, reason = self.result(node.args[0])
        if at is None:
            return None, reason
        value = FOLDS[node.kind](values, at)
        return value, None if value is not None else SERVER_FOLDS[node.kind]

    def _interpolated(self, node: Fold, points: list[list[Any]]) -> Result:
        at, reason = self.result(node.args[0])
        if at is None:
            return None, reason
        value = exact.interpolate(((x, y) for x, y in points), at)
        return value, None if value is not None else NO_VALUES


class Results(_Walker):
    """The results of the parts of one formula, each computed once, when it is needed."""

    def __init__(self, row: Row, params: Mapping[str, Raw]) -> None:
        super().__init__(row, params, None)
        self._known: dict[int, tuple[Node, Result]] = {}  # the node stays alive with its id

    def result(self, node: Node) -> Result:
        """The value of a part, or None and why."""
        known = self._known.get(id(node))
        if known is None:
            known = self._known[id(node)] = (node, super().result(node))
        return known[1]

    def has(self, node: Node) -> bool:
        """Whether a part was needed up to now."""
        return id(node) in self._known


def _folded(node: Fold, values: list[Any]) -> Result:
    match node.kind:
        case "count":
            return len(values), None
        case "distinct":
            return len(set(values)), None
        case "sum":
            total = exact.fits_int64(sum(values))
            return total, None if total is not None else OVERFLOW
        case "avg":
            value = exact.mean(sum(values), len(values), _mean_factor(node))
            return value, None if value is not None else OVERFLOW if values else NO_VALUES
        case _:
            value = (exact.least if node.kind == "min" else exact.greatest)(*values)
            return value, None if value is not None else NO_VALUES


def _mean_factor(node: Fold) -> int:
    """What lifts a sum of the values to the scale of their mean."""
    kind = node.values[0].type
    scale = kind.scale if isinstance(kind, t.Number) else 0
    return int(10 ** (DIVISION_SCALE - scale))


_SPECIAL: dict[str, Callable[[_Walker, Call], Result]] = {
    "and": _Walker.logic,
    "or": _Walker.logic,
    "in": _Walker.within,
    "between": _Walker.between,
    "is_null": _Walker.is_null,
    "case": _Walker.case,
    "switch": _Walker.switch,
    "coalesce": _Walker.coalesce,
    "least": _Walker.extreme,
    "greatest": _Walker.extreme,
    "total": _Walker.total,
    "filled": _Walker.filled,
    "concat": _Walker.concat,
    "length": _Walker.length,
}
