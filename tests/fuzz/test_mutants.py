"""The fuzz finds mistakes: each mutant of the Python code differs from the database."""

from random import Random

import pytest

from dsl import ir
from dsl.backends import python as backend

from .executors import Sheet, by_row
from .mutants import MUTANTS
from .test_differential import sheets

SHEETS = 12


@pytest.fixture(scope="module")
def known(sqlite_world, people):
    """Sheets with the answers of the database."""
    random = Random(99)
    found = []
    for _, made in zip(range(SHEETS), sheets(random, people), strict=False):
        sheet = Sheet(made.formulas, made.rows[:70], people, made.params)
        found.append((sheet, sqlite_world.answers(sheet)))
    return found


def operations(formula):
    nodes = ir.walk(formula.ir)
    return {n.op if isinstance(n, ir.Call) else getattr(n, "kind", None) for n in nodes}


def caught(known, mutant):
    """Whether a formula with the operation gives another answer."""
    for sheet, answers in known:
        for formula, wanted in zip(sheet.formulas, answers, strict=True):
            if not operations(formula) & mutant.operations:
                continue
            alone = Sheet((formula,), sheet.rows, sheet.people, sheet.params)
            try:
                if by_row(alone) != [wanted]:
                    return True
            except (ArithmeticError, TypeError, ValueError):  # a mistake that also crashes
                return True
    return False


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_mutant_is_caught(mutant, known, monkeypatch):
    monkeypatch.setattr(backend, "_programs", {})
    mutant.install(monkeypatch)
    assert caught(known, mutant)


def test_without_a_mutant_nothing_differs(known, monkeypatch):
    monkeypatch.setattr(backend, "_programs", {})
    assert all(by_row(sheet) == answers for sheet, answers in known)
