"""Cases of other projects: the same answers, or one that differs for a reviewed reason."""

import re
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest

from dsl import types as t
from dsl.backends.python import Params, program
from dsl.explain import explain
from dsl.formula import compile_formula
from dsl.interpret import interpret
from dsl.scope import RowScope, Symbol
from dsl.values import format_value, parse_number
from tests.dsl.loader import read
from tests.dsl.test_cases import origin, place

FILES = ("decimal", "formulajs", "grist")
PAGE = Path(__file__).parents[2] / "docs" / "formula-cases.md"
GIVEN = Params()
_NUMBER = t.Number(8)
_DATUM = RowScope({name: Symbol(name, _NUMBER) for name in ("x", "y")}, {}.get)
SCOPE = RowScope({"data": Symbol("data", t.Rows("datum"))}, {"datum": _DATUM}.get)


def row_of(data):
    """The child rows a line `@ 1 2 | 3 4` stands for: x in front of the bar, y behind it."""
    lists = [part.split() for part in (data or "").split("|")]
    length = max(map(len, lists))
    columns = [[None if word == "_" else parse_number(word, 8) for word in part] for part in lists]
    filled = [*columns, [None] * length][:2]
    return {"data": [dict(zip("xy", pair, strict=True)) for pair in zip(*filled, strict=True)]}


def answers(case):
    """What every Python mode says, each written as in the case file."""
    compiled = compile_formula(case.formula, SCOPE)
    formula = compiled.formula
    if formula is None:
        first = compiled.diagnostics[0]
        return {f"! {first.code} {place(case.formula, first.span.start)}"}
    row = row_of(case.data)
    run, told = program(formula), explain(formula, row, GIVEN)
    columns = run.evaluate_columns({"data": [row["data"]] * 2}, 2, GIVEN)
    found = {
        tuple(run.evaluate(row, GIVEN)),
        (told.value, told.reason),
        interpret(formula.ir, row, GIVEN.by_name()),
        *((value, told.reason) for value in columns),
    }
    where = place(case.formula, origin(told.tree).span.start)
    return {
        f"! {reason} {where}" if value is None else format_value(value, formula.type)
        for value, reason in found
    }


@pytest.mark.parametrize("name", FILES)
def test_every_mode_gives_the_expected_answer(name):
    wrong = {
        case.place: (case.formula, case.expected, found)
        for case in read(name)
        if (found := answers(case)) != {case.expected}
    }
    assert wrong == {}


def test_there_are_several_hundred_cases_of_each_kind():
    counts = {name: len(read(name)) for name in FILES}
    assert counts["decimal"] >= 900
    assert counts["formulajs"] >= 200
    assert counts["grist"] >= 150


@pytest.mark.parametrize("name", FILES)
def test_a_marked_answer_really_differs(name):
    for case in read(name):
        if case.theirs is not None:
            assert case.expected != case.theirs, case.place
        if case.reason == "eight-decimals":
            cut = Decimal(case.theirs).quantize(Decimal("1e-8"), ROUND_HALF_UP)
            assert Decimal(case.expected) == cut, case.place


def test_every_reason_is_reviewed_and_every_reviewed_reason_is_used():
    used = {case.reason for name in FILES for case in read(name)} - {None}
    listed = set(
        re.findall(r"^\| `([a-z0-9-]+)` \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    )
    assert listed == used
