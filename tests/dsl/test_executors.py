"""The case files on the databases and in the browser's interpreter.

Formulas with child rows run in Python and in the browser here; the databases meet those in
tests/fuzz, over stored records.
"""

from contextlib import closing, contextmanager

import pytest

from dsl import ir
from dsl.backends.python import Params
from dsl.formula import compile_formula
from dsl.values import format_value
from runtime.formula_browser import browser_executor
from store.db import Database
from store.formula_lines import database_executor
from tests.dsl import test_cases, test_open_cases
from tests.dsl.loader import read
from tests.dsl.world import PARAMS, ROW
from tests.dsl.world import SCOPE as WORLD

OPEN = Params()
GIVEN = Params(**PARAMS)


@contextmanager
def on(database):
    with closing(database):
        yield database_executor(database)


@pytest.fixture(params=["sqlite", "postgresql", "browser"])
def executor(request):
    """A function of formula, row and parameters, and whether it takes child rows."""
    if request.param == "browser":
        started = browser_executor()
    else:
        started = on(Database.open(request.getfixturevalue(f"{request.param}_url")))
    with started as run:
        yield run, request.param == "browser"


def worlds(name):
    """Formula, row, parameters and expectation of every case that computes something."""
    for case in read(name):
        if name in test_open_cases.FILES:
            scope, row, params = test_open_cases.SCOPE, test_open_cases.row_of(case.data), OPEN
        else:
            scope, row, params = WORLD, ROW, GIVEN
        formula = compile_formula(case.formula, scope).formula
        if formula is not None:
            yield case, formula, row, params


def shown(value, reason, kind):
    return f"! {reason}" if value is None else format_value(value, kind)


@pytest.mark.parametrize("name", [*test_cases.FILES, *test_open_cases.FILES])
def test_every_executor_gives_the_expected_answer(name, executor):
    run, takes_rows = executor
    wrong, count = {}, 0
    for case, formula, row, params in worlds(name):
        if not takes_rows and any(isinstance(node, ir.Fold) for node in ir.walk(formula.ir)):
            continue
        found = shown(*run(formula, row, params), formula.type)
        count += 1
        wanted = case.expected.rpartition(" ")[0] if case.expected[0] == "!" else case.expected
        if found != wanted:
            wrong[case.place] = (case.formula, wanted, found)
    assert wrong == {}
    assert count >= (1 if name == "errors" else 5)
