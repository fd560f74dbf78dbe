"""Every function is documented, its examples run, and the manual is what the code writes."""

import re
from pathlib import Path

import pytest

from dsl import codes, exact
from dsl.backends.python import Params, program
from dsl.explain import explain
from dsl.formula import compile_formula
from dsl.functions import FUNCTIONS, find_function
from dsl.functions.sample import SAMPLE_NOW, SAMPLE_PERIOD, SAMPLE_ROW, SAMPLE_SCOPE, SAMPLE_TODAY
from dsl.manual import manual
from dsl.ops import OPERATIONS
from dsl.values import format_value
from tests.dsl.loader import CASES

GIVEN = Params(
    today=SAMPLE_TODAY, now=SAMPLE_NOW, period_start=SAMPLE_PERIOD[0], period_end=SAMPLE_PERIOD[1]
)
EXAMPLES = [
    pytest.param(example, id=example.formula) for row in FUNCTIONS for example in row.examples
]
TRIGGERED_ELSEWHERE = {
    *("DSL001", "DSL002", "DSL003", "DSL009", "DSL112", "DSL114", "DSL121", "DSL126", "DSL190"),
    *("DSL209", "DSL210", "DSL115", "DSL136"),
}


@pytest.mark.parametrize("example", EXAMPLES)
def test_example_gives_its_result(example):
    compiled = compile_formula(example.formula, SAMPLE_SCOPE)
    assert compiled.formula is not None, compiled.diagnostics
    outcome = program(compiled.formula).evaluate(SAMPLE_ROW, GIVEN)
    assert format_value(outcome.value, compiled.formula.type) == example.result
    assert (outcome.reason is None) == (example.result is not None)
    assert explain(compiled.formula, SAMPLE_ROW, GIVEN).value == outcome.value


DIFFERENCES = re.findall(
    r"\| `([^`]+)` \| ([^|]+) \|$",
    Path("docs/differences-from-excel.md").read_text(encoding="utf-8"),
    re.MULTILINE,
)


@pytest.mark.parametrize(("formula", "result"), DIFFERENCES)
def test_a_difference_from_excel_is_as_the_page_says(formula, result):
    compiled = compile_formula(formula, SAMPLE_SCOPE)
    assert compiled.formula is not None, compiled.diagnostics
    outcome = program(compiled.formula).evaluate(SAMPLE_ROW, GIVEN)
    assert (format_value(outcome.value, compiled.formula.type) or "NULL") == result


def test_the_page_of_differences_is_read():
    assert len(DIFFERENCES) >= 25


@pytest.mark.parametrize("row", [pytest.param(row, id=row.name) for row in FUNCTIONS])
def test_function_is_described_in_both_languages(row):
    assert row.zh.endswith("。")
    assert row.en.endswith(".")
    assert row.examples
    assert row.aliases
    assert all(find_function(name) is row for name in (row.name, row.name.lower(), *row.aliases))


def test_no_two_functions_share_a_name():
    names = [name for row in FUNCTIONS for name in (row.name, *row.aliases)]
    assert len(names) == len(set(names))


def test_manual_is_up_to_date():
    stored = Path("docs/formula.md").read_text(encoding="utf-8")
    assert stored == manual(), "write it again: python -m dsl.manual > docs/formula.md"


def test_every_strict_operation_is_implemented():
    strict = {row.name for row in OPERATIONS.values() if row.nulls == "strict"}
    assert strict == set(exact.STRICT)


def test_every_code_has_a_case():
    texts = "".join(path.read_text(encoding="utf-8") for path in CASES.glob("*.txt"))
    shown = set(re.findall(r"! (DSL\d+)", texts))
    assert set(codes.MESSAGES) - shown - TRIGGERED_ELSEWHERE == set()
