"""Explain a result: the value of every part of a formula, and why a part has none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dsl import ir
from dsl.backends.python import NO_PARAMS, UNSET, Params, program
from dsl.codes import CONDITION_UNKNOWN, OVERFLOW
from dsl.diagnostics import Span
from dsl.exact import fits_int64
from dsl.interpret import Row, reasons

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dsl.formula import Formula
    from dsl.types import Raw, Type


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
    """The result of a formula; the tree of its parts is built when it is first asked for."""

    __slots__ = ("_formula", "_params", "_row", "_tree", "reason", "value")

    def __init__(self, formula: Formula, row: Row, params: Params) -> None:
        self.value, self.reason = program(formula).evaluate(row, params)
        self._formula, self._row, self._params = formula, row, params
        self._tree: Node | None = None

    @property
    def tree(self) -> Node:
        """How the value came about; the row must still be what it was."""
        if self._tree is None:
            self._tree = _tree(self._formula, self._row, self._params)
        return self._tree


def explain(formula: Formula, row: Row, params: Params = NO_PARAMS) -> Explained:
    """The value of a formula for one row and how it came about."""
    return Explained(formula, row, params)


def _tree(formula: Formula, row: Row, params: Params) -> Node:
    run = program(formula)
    # Slots belong to the nodes of the program's own IR; equal formulas share a program.
    slots = dict(zip(run.slot_ids(), run.slots(row, params), strict=True))
    given = params.by_name(run.needs.params)
    tree = _Teller(formula.source, row, given, slots).tell(run.node, formula.ir)
    value, reason = tree.value, tree.reason
    if type(value) is int and fits_int64(value) is None:
        value, reason = None, OVERFLOW
    text = tree.text or formula.source
    return Node(text, tree.span, value, formula.type, reason, tree.children)


class _Teller:
    """Builds the tree; a node of the IR that was not typed by the user shows its parts instead."""

    def __init__(
        self, source: str, row: Row, params: Mapping[str, Raw], slots: dict[int, object]
    ) -> None:
        self._source = source
        self._row = row
        self._params = params
        self._reason_of = reasons(row, params)
        self._slots = slots

    def tell(self, node: ir.Node, typed: ir.Node, *, evaluated: bool = True) -> Node:
        """The part for a node; `typed` is the equal node that carries the spans of this text."""
        span = typed.span or Span(0, len(self._source))
        value, evaluated = self._value(node, evaluated=evaluated)
        reason = None
        if evaluated and value is None:
            reason = self._reason_of(node)
        elif evaluated and self._has_unknown_condition(node):
            reason = CONDITION_UNKNOWN
        parts = tuple(
            self.tell(part, mate, evaluated=evaluated) for part, mate in _visible(node, typed, span)
        )
        text = self._source[span.start : span.end]
        return Node(text, span, value, node.type, reason, parts, evaluated)

    def _value(self, node: ir.Node, *, evaluated: bool) -> tuple[Raw, bool]:
        match node:
            case ir.Const(value=constant):
                return constant, evaluated
            case ir.Field(path=path):
                found = self._row.get(path)
                return (found if isinstance(found, int | str) else None), evaluated
            case ir.Param(name=name):
                return self._params[name], evaluated
            case _:
                slot = self._slots.get(id(node), UNSET)
                if isinstance(slot, int | str) or slot is None:
                    return slot, evaluated
                return None, False

    def _has_unknown_condition(self, node: ir.Node) -> bool:
        if not isinstance(node, ir.Call) or node.op != "case":
            return False
        for condition in node.args[:-1:2]:
            value, evaluated = self._value(condition, evaluated=True)
            if evaluated and value is None:
                return True
            if value is True:
                return False
        return False


def _visible(node: ir.Node, typed: ir.Node, span: Span) -> list[tuple[ir.Node, ir.Node]]:
    """The nearest parts below that have a place of their own in the text."""
    found: list[tuple[ir.Node, ir.Node]] = []
    below = ir.children(node) if not isinstance(node, ir.Fold) else node.args
    mates = ir.children(typed) if not isinstance(typed, ir.Fold) else typed.args
    for part, mate in zip(below, mates, strict=True):
        if mate.span is None or mate.span == span:
            found.extend(_visible(part, mate, span))
        else:
            found.append((part, mate))
    return found
