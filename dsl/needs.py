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
    child row, `params` are names among today, now, period_start, period_end.
    """

    paths: tuple[str, ...] = ()
    rows: Mapping[str, Needs] = field(default_factory=dict)
    params: frozenset[ir.ParamName] = frozenset()


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
        self._params: set[ir.ParamName] = set()

    def visit(self, node: ir.Node) -> None:
        match node:
            case ir.Const():
                pass
            case ir.Field(path=path, outer=outer):
                target = self._parent if outer and self._parent is not None else self
                target._paths.setdefault(path)  # noqa: SLF001 -- same class
            case ir.Param(name=name):
                self._top()._params.add(name)  # noqa: SLF001 -- same class
            case ir.Call(args=args):
                for arg in args:
                    self.visit(arg)
            case ir.Fold():
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
