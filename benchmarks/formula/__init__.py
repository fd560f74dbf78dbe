"""Formulas: rows beside hand-written code and other engines, databases, compilation, windows."""

from __future__ import annotations

from benchmarks.formula import compile as compilation
from benchmarks.formula import pushed, rows


def run():
    """Every figure of the formula language."""
    return [*rows.run(), *pushed.run(), *compilation.run()]
