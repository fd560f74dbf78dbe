"""The case files, in every Python mode."""

import pytest

from dsl.backends.python import Params, program
from dsl.explain import explain
from dsl.formula import compile_formula
from dsl.interpret import interpret
from dsl.values import format_value
from tests.dsl.loader import cases
from tests.dsl.world import PARAMS, ROW, SCOPE

GIVEN = Params(**PARAMS)
FILES = ("numbers", "nulls", "texts", "dates", "rows", "pointers", "excel", "errors")


def place(formula, offset):
    before = formula[:offset]
    return f"{before.count(chr(10)) + 1}:{offset - (before.rfind(chr(10)) + 1) + 1}"


def origin(node):
    """The deepest part that has no value for the same reason."""
    for child in node.children:
        if child.evaluated and child.value is None and child.reason == node.reason:
            return origin(child)
    return node


def answer(formula, expected):
    compiled = compile_formula(formula, SCOPE)
    if compiled.formula is None:
        first = compiled.diagnostics[0]
        assert first.text("en")
        assert first.text("zh-CN")
        return f"! {first.code} {place(formula, first.span.start)}"
    outcome = program(compiled.formula).evaluate(ROW, GIVEN)
    if outcome.value is None:
        told = explain(compiled.formula, ROW, GIVEN)
        assert told.reason == outcome.reason
        return f"! {outcome.reason} {place(formula, origin(told.tree).span.start)}"
    return format_value(outcome.value, compiled.formula.type)


@pytest.mark.parametrize(("formula", "expected"), cases(*FILES))
def test_case(formula, expected):
    assert answer(formula, expected) == " ".join(
        expected.split()[:3] if expected[0] == "!" else [expected]
    )


@pytest.mark.parametrize(("formula", "expected"), cases(*FILES))
def test_columns_explanations_and_reference_agree(formula, expected):
    compiled = compile_formula(formula, SCOPE)
    if compiled.formula is None:
        return
    run = program(compiled.formula)
    value = run.evaluate(ROW, GIVEN).value
    columns = {key: [found, found] for key, found in ROW.items()}
    assert run.evaluate_columns(columns, 2, GIVEN) == [value, value]
    assert interpret(compiled.formula.ir, ROW, GIVEN.by_name())[0] == value
    told = explain(compiled.formula, ROW, GIVEN)
    assert told.value == told.tree.value == value


@pytest.mark.parametrize(("formula", "expected"), cases(*FILES))
def test_canonical_text_means_the_same(formula, expected):
    compiled = compile_formula(formula, SCOPE).formula
    if compiled is None:
        return
    again = compile_formula(compiled.canonical, SCOPE).formula
    assert again is not None
    assert (again.hash, again.canonical) == (compiled.hash, compiled.canonical)
