"""What a formula reads: paths of its row, child rows and parameters."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dsl import ir

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Needs:
    """The inputs of one evaluation, ready for a loader.

    `paths` are dotted to-one paths, `rows` maps the path of a child table to what is read of each
    child row, `params` are those of `dsl.ir.PARAMETERS`, and calendars.
    """

    paths: tuple[str, ...] = ()
    rows: Mapping[str, Needs] = field(default_factory=dict)
    params: frozenset[str] = frozenset()


def needs_of(node: ir.Node) -> Needs:
    """Collect what the IR reads, each path once, in order of appearance."""
    collector = _Collector(None)
    collector.visit(node)
    return collector.result()


class _Collector:
    """Gathers one level of rows; a child table opens a collector below it."""

    def __init__(self, parent: _Collector | None) -> None:
        self._parent = parent
        self._paths: dict[str, None] = {}
        self._rows: dict[str, _Collector] = {}
        self._params: set[str] = set()

    def visit(self, node: ir.Node) -> None:
        # not a match statement: it would try the frequent kinds last
        if isinstance(node, ir.Call):
            for arg in node.args:
                self.visit(arg)
        elif isinstance(node, ir.Field):
            target = self._parent if node.outer and self._parent is not None else self
            target._paths.setdefault(node.path)  # noqa: SLF001 -- same class
        elif isinstance(node, ir.Param):
            self._top()._params.add(node.name)  # noqa: SLF001 -- same class
        elif isinstance(node, ir.Fold):
            self._visit_fold(node)

    def _visit_fold(self, fold: ir.Fold) -> None:
        child = self._rows.setdefault(fold.rows, _Collector(self))
        if fold.where is not None:
            child.visit(fold.where)
        for value in fold.values:
            child.visit(value)
        for arg in fold.args:
            self.visit(arg)

    def _top(self) -> _Collector:
        return self if self._parent is None else self._parent._top()  # noqa: SLF001 -- same class

    def result(self) -> Needs:
        rows = {path: collector.result() for path, collector in self._rows.items()}
        return Needs(tuple(self._paths), rows, frozenset(self._params))
