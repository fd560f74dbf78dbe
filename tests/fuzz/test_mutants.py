"""The fuzz finds mistakes: each mutant of an executor, or of the checker, gives another answer."""

from collections import Counter
from random import Random

import pytest

from dsl import ir
from dsl.backends import python as backend
from dsl.types import Text
from runtime import formula_browser
from store import formula_sql, formula_text
from tests.dsl.loader import read
from tests.dsl.test_cases import answer

from .executors import Sheet, by_reference, by_row, in_browser
from .mutants import MUTANTS, ORDER, TEXT_ORDER
from .mutants_elsewhere import BROWSER_MUTANTS, CHECKER_MUTANTS, SQL_MUTANTS
from .test_differential import sheets

SHEETS, MOST_SHEETS, HOSTED_SHEETS = 12, 60, 16
ENOUGH = 15  # formulas with an operation that has a mutant


@pytest.fixture(scope="module")
def known(sqlite_world, people):
    """Sheets with the answers of the database; every operation with a mutant occurs often enough."""
    wanted = frozenset().union(*(mutant.operations for mutant in MUTANTS if not mutant.hosted))
    wanted |= {mutant.operation for mutant in SQL_MUTANTS}
    lacking = Counter(dict.fromkeys(wanted, ENOUGH))
    found = []
    for number, made in zip(range(MOST_SHEETS), sheets(Random(99), people), strict=False):
        rare = {name for name, count in lacking.items() if count > 0}
        if number >= SHEETS and not rare:
            break
        every = number < SHEETS
        formulas = tuple(each for each in made.formulas if every or operations(each) & rare)
        lacking.subtract(name for each in formulas for name in operations(each) & lacking.keys())
        sheet = Sheet(formulas, made.rows[:70], people, made.params)
        found.append((sheet, sqlite_world.answers(sheet) if formulas else []))
    return found


@pytest.fixture(scope="module")
def known_hosted(people):
    """Sheets with operations that only Python computes, and the answers of the reference."""
    wanted = frozenset().union(*(mutant.operations for mutant in MUTANTS if mutant.hosted))
    found = []
    for _, made in zip(range(HOSTED_SHEETS), sheets(Random(7), people, hosted=True), strict=False):
        formulas = tuple(each for each in made.formulas if operations(each) & wanted)
        sheet = Sheet(formulas, made.rows[:40], people, made.params)
        found.append((sheet, by_reference(sheet)))
    return found


def operations(formula):
    """What a formula computes with; the order of texts is an operation of its own."""
    return {name for node in ir.walk(formula.ir) for name in named(node)}


def named(node):
    if not isinstance(node, ir.Call):
        return {getattr(node, "kind", None)}
    is_order = node.op in ORDER and any(isinstance(each.type, Text) for each in node.args)
    return {node.op, TEXT_ORDER} if is_order else {node.op}


def with_operations(known, wanted):
    """The formulas that use one of them, each on a sheet of its own, and the right answers."""
    for sheet, answers in known:
        for formula, right in zip(sheet.formulas, answers, strict=True):
            if operations(formula) & wanted:
                yield Sheet((formula,), sheet.rows, sheet.people, sheet.params), [right]


def differs(run, sheet, right):
    try:
        return run(sheet) != right
    except (ArithmeticError, TypeError, ValueError):  # a mistake that also crashes
        return True


def caught(known, mutant):
    """Whether a formula with the operation gives another answer."""
    cases = with_operations(known, mutant.operations)
    return any(differs(by_row, sheet, right) for sheet, right in cases)


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_mutant_is_caught(mutant, request, monkeypatch):
    known = request.getfixturevalue("known_hosted" if mutant.hosted else "known")
    monkeypatch.setattr(backend, "_programs", {})
    mutant.install(monkeypatch)
    assert caught(known, mutant)


def test_without_a_mutant_nothing_differs(known, known_hosted, monkeypatch):
    monkeypatch.setattr(backend, "_programs", {})
    assert all(by_row(sheet) == answers for sheet, answers in [*known, *known_hosted])


# --- SQL ------------------------------------------------------------------------------------
@pytest.fixture
def forgetful(sqlite_world):
    """A database for which nothing has been written or compiled yet, before and after."""
    engines = (sqlite_world.database._writer, sqlite_world.database._reader)

    def forget():
        formula_sql.forget()
        for engine in engines:
            engine.clear_compiled_cache()

    forget()
    yield sqlite_world
    forget()


@pytest.mark.parametrize("mutant", SQL_MUTANTS, ids=lambda mutant: mutant.name)
def test_mutant_of_sql_is_caught(mutant, known, forgetful, monkeypatch):
    monkeypatch.setitem(formula_text._WRITE, mutant.operation, mutant.write)
    cases = with_operations(known, {mutant.operation})
    assert any(differs(forgetful.answers, sheet, right) for sheet, right in cases)


def unguarded(self, op):
    return self.write(op.body)


def test_missing_guard_of_sql_is_caught(known, forgetful, monkeypatch):
    monkeypatch.setattr(formula_text._Scribe, "_guarded", unguarded)
    cases = with_operations(known, {"mul", "pow"})
    assert any(differs(forgetful.answers, sheet, right) for sheet, right in cases)


# --- the browser ----------------------------------------------------------------------------
def test_the_browser_says_what_is_known(known, interpreter):
    assert all(in_browser(interpreter, sheet, right) == right for sheet, right in known)


@pytest.mark.parametrize("mutant", BROWSER_MUTANTS, ids=lambda mutant: mutant.name)
def test_mutant_of_the_browser_is_caught(mutant, known, tmp_path, monkeypatch):
    text = formula_browser.BUNDLE.read_text(encoding="utf-8")
    assert text.count(mutant.old) == 1
    bundle = tmp_path / "formula.mjs"
    bundle.write_text(text.replace(mutant.old, mutant.new), encoding="utf-8")
    monkeypatch.setattr(formula_browser, "BUNDLE", bundle)
    with formula_browser.browser() as interpreter:
        cases = with_operations(known, mutant.operations)
        assert any(
            differs(lambda sheet: in_browser(interpreter, sheet, right), sheet, right)  # noqa: B023
            for sheet, right in cases
        )


# --- the checker ----------------------------------------------------------------------------
@pytest.mark.parametrize("mutant", CHECKER_MUTANTS, ids=lambda mutant: mutant.name)
def test_mutant_of_the_checker_is_caught_by_the_case_files(mutant, monkeypatch):
    for key, value in mutant.changes.items():
        monkeypatch.setitem(mutant.table, key, value)
    assert any(answer(case.formula, case.expected) != case.expected for case in read("excel"))
