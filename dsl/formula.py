"""Compile a formula: text in, checked and typed IR or diagnostics out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dsl import ir
from dsl.checker import check
from dsl.needs import Needs, needs_of
from dsl.parser import parse
from dsl.printer import print_formula

if TYPE_CHECKING:
    from dsl.diagnostics import Diagnostic
    from dsl.scope import RowScope
    from dsl.types import Type

__all__ = ["Compiled", "Formula", "Needs", "compile_formula", "relabel"]


@dataclass(frozen=True, slots=True)
class Formula:
    """A checked formula: its text, the text with keys, its type, meaning, inputs and identity."""

    source: str
    canonical: str
    type: Type
    ir: ir.Node
    needs: Needs
    hash: str


@dataclass(frozen=True, slots=True)
class Compiled:
    """The outcome of a compilation; `formula` is None exactly when there is an error."""

    formula: Formula | None
    diagnostics: tuple[Diagnostic, ...] = ()


def compile_formula(source: str, scope: RowScope, *, expect: Type | None = None) -> Compiled:
    """Parse and check a formula; `expect` is the type it must yield (numbers are rounded to it)."""
    parsed = parse(source)
    if parsed.tree is None:
        return Compiled(None, parsed.diagnostics)
    checked = check(parsed.tree, source, scope, expect=expect)
    node = checked.node
    if node is None:
        return Compiled(None, checked.diagnostics)
    canonical = print_formula(parsed.tree, checked.names)
    formula = Formula(source, canonical, node.type, node, needs_of(node), ir.hash_of(node))
    return Compiled(formula, checked.diagnostics)


def relabel(source: str, scope: RowScope, *, label: int | None) -> str:
    """The formula with the labels of that index for keys (None: with keys).

    Names that would no longer find the same fields keep their keys; a text that does not compile
    is returned as it is.
    """
    parsed = parse(source)
    if parsed.tree is None:
        return source
    checked = check(parsed.tree, source, scope)
    if checked.node is None:
        return source
    text = print_formula(parsed.tree, checked.names, label=label)
    again = compile_formula(text, scope).formula
    if again is not None and again.hash == ir.hash_of(checked.node):
        return text
    return print_formula(parsed.tree, checked.names)
