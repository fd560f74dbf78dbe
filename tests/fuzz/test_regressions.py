"""Formulas on which executors once differed."""

from random import Random

import pytest

from dsl.formula import compile_formula
from tests.dsl.loader import CASES

from .executors import PYTHON, Sheet
from .test_differential import differences, some_params
from .world import SCOPE, make_row

FORMULAS = [
    line[3:]
    for line in (CASES / "executors.txt").read_text(encoding="utf-8").splitlines()
    if line.startswith(">> ")
]


@pytest.fixture(scope="module")
def sheet(people):
    random = Random(3)
    found = [compile_formula(text, SCOPE) for text in FORMULAS]
    problems = [each.diagnostics for each in found if each.formula is None]
    assert not problems
    rows = tuple(make_row(random, people) for _ in range(300))
    return Sheet(tuple(each.formula for each in found), rows, people, some_params(random))


def test_all_executors_say_the_same(sheet, worlds):
    answers = {name: run(sheet) for name, run in PYTHON.items()}
    answers |= {world.name: world.answers(sheet) for world in worlds}
    assert not list(differences(sheet, answers))
