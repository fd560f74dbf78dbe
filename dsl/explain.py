"""Explain a result: the value of every part of a formula, and why a part has none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dsl import ir
from dsl.backends.python import NO_PARAMS, Params, program
from dsl.codes import CONDITION_UNKNOWN, OVERFLOW
from dsl.diagnostics import Span
from dsl.exact import fits_int64
from dsl.interpret import Result, Results, Row

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from dsl.formula import Formula
    from dsl.types import Raw, Type

# The operations that compute some of their operands only.
_BRANCHES = frozenset({"case", "switch", "coalesce"})
_NOTHING: Result = (None, None)
_Part = tuple[ir.Node, bool]  # and whether the value came from it


@dataclass(frozen=True, slots=True)
class Node:
    """One part of a formula with its value.

    `reason` says why the value is None (a code), or that an unknown condition counted as false.
    `evaluated` is false in a branch that was not taken.
    """

    text: str
    span: Span
    value: Raw
    type: Type
    reason: str | None
    children: tuple[Node, ...]
    evaluated: bool = True


class Explained:
    """The value of a formula for one row, and how it came about when that is asked for."""

    __slots__ = ("_asked", "reason", "value")

    def __init__(self, formula: Formula, row: Row, params: Params = NO_PARAMS) -> None:
        self.value, self.reason = program(formula).evaluate(row, params)
        self._asked: Node | tuple[Formula, Row, Params] = (formula, row, params)

    @property
    def tree(self) -> Node:
        """How the value came about; the row must still be what it was."""
        if isinstance(self._asked, tuple):
            self._asked = _tree(*self._asked)
        return self._asked


explain = Explained  # the verb; a function of its own would be a call more for each row


def _tree(formula: Formula, row: Row, params: Params) -> Node:
    given = params.by_name(formula.needs.params)
    tree = _Teller(formula.source, row, given).tell(formula.ir, evaluated=True)
    value, reason = tree.value, tree.reason
    if type(value) is int and fits_int64(value) is None:
        value, reason = None, OVERFLOW
    text = tree.text or formula.source
    return Node(text, tree.span, value, formula.type, reason, tree.children)


class _Teller:
    """Builds the tree; a node of the IR that was not typed by the user shows its parts instead."""

    def __init__(self, source: str, row: Row, params: Mapping[str, Raw]) -> None:
        self._source = source
        self._results = Results(row, params)

    def tell(self, node: ir.Node, *, evaluated: bool) -> Node:
        """The part for a node; what is given has a value also where it was not needed."""
        span = node.span or Span(0, len(self._source))
        value, reason = self._results.result(node) if evaluated or _is_given(node) else _NOTHING
        if not evaluated:
            reason = None
        elif value is not None and self._has_unknown_condition(node):
            reason = CONDITION_UNKNOWN
        parts = tuple(
            self.tell(part, evaluated=evaluated if _is_given(part) else needed)
            for part, needed in self._visible(node, span, needed=evaluated)
        )
        text = self._source[span.start : span.end]
        return Node(text, span, value, node.type, reason, parts, evaluated)

    def _has_unknown_condition(self, node: ir.Node) -> bool:
        if not isinstance(node, ir.Call) or node.op != "case":
            return False
        for condition in node.args[:-1:2]:
            value, _reason = self._results.result(condition)
            if value is not False:
                return value is None
        return False

    def _visible(self, node: ir.Node, span: Span, *, needed: bool) -> Iterator[_Part]:
        """The nearest parts below that have a place of their own in the text."""
        if isinstance(node, ir.Call | ir.Fold):
            for part in node.args:
                is_needed = self._is_needed(node, part, needed=needed)
                if part.span is None or part.span == span:
                    yield from self._visible(part, span, needed=is_needed)
                else:
                    yield part, is_needed

    def _is_needed(self, node: ir.Call | ir.Fold, part: ir.Node, *, needed: bool) -> bool:
        """Whether a part counts; of branches those computed, perhaps for another place as well."""
        if needed and (isinstance(node, ir.Fold) or node.op not in _BRANCHES):
            return True
        if needed:
            self._results.result(node)
        return self._results.has(part)


def _is_given(node: ir.Node) -> bool:
    return not isinstance(node, ir.Call | ir.Fold)
