"""The laws of the language, each on random input."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dsl import ir
from dsl.ast import walk
from dsl.backends.python import Params, program
from dsl.explain import explain
from dsl.formula import compile_formula
from dsl.interpret import interpret
from dsl.parser import parse
from dsl.printer import print_formula
from dsl.source import MAX_LENGTH, Source, read_source
from dsl.types import INT64_MAX
from tests.dsl.strategies import formulas, rows, trees
from tests.dsl.world import PARAMS, SCOPE

GIVEN = Params(**PARAMS)
EASY = settings(
    max_examples=500,
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.filter_too_much,
        HealthCheck.data_too_large,
    ],
)


@EASY
@given(trees)
def test_parse_undoes_print(tree):
    if any(depth > 60 for _node, depth in walk(tree)):
        return
    printed = print_formula(tree)
    if len(printed) > MAX_LENGTH:
        return
    parsed = parse(printed)
    assert parsed.diagnostics == ()
    assert parsed.tree == tree
    assert print_formula(parsed.tree) == printed


@EASY
@given(st.text(max_size=60) | st.text("()+-*/%^=<>&,.'\"{}[] 0123a数NOTANDIF÷×（）“”", max_size=80))
def test_any_text_is_parsed_or_explained(text):
    compiled = compile_formula(text, SCOPE)
    assert (compiled.formula is None) == bool(compiled.diagnostics)
    for problem in compiled.diagnostics:
        assert problem.text("en")
        assert problem.text("zh-CN")
        assert 0 <= problem.span.start <= problem.span.end <= len(text)


@EASY
@given(st.text(max_size=60))
def test_the_character_map_keeps_every_offset(text):
    source = read_source(text)
    if isinstance(source, Source):
        assert len(source.text) == len(text)


@EASY
@given(formulas, st.lists(rows, min_size=1, max_size=6))
def test_row_columns_explanation_and_reference_agree(formula, table):
    compiled = compile_formula(formula, SCOPE)
    if compiled.formula is None:
        assert {problem.code for problem in compiled.diagnostics} <= {
            "DSL002",
            "DSL018",
            "DSL110",
            "DSL118",
            "DSL119",
        }
        return
    run = program(compiled.formula)
    values = [run.evaluate(row, GIVEN) for row in table]
    columns = {key: [row[key] for row in table] for key in table[0]}
    assert run.evaluate_columns(columns, len(table), GIVEN) == [found.value for found in values]
    for row, found in zip(table, values, strict=True):
        assert (found.value, found.reason) == interpret(compiled.formula.ir, row, PARAMS)
        told = explain(compiled.formula, row, GIVEN)
        assert (told.value, told.reason) == (found.value, found.reason)
        assert (found.reason is None) == (found.value is not None)
        if isinstance(found.value, int):
            assert -INT64_MAX <= found.value <= INT64_MAX


@EASY
@given(formulas)
def test_ir_survives_json_and_canonical_text_is_a_fixed_point(formula):
    compiled = compile_formula(formula, SCOPE).formula
    if compiled is not None:
        again = ir.from_json(ir.to_json(compiled.ir))
        assert again == compiled.ir
        assert ir.hash_of(again) == compiled.hash

        if len(compiled.canonical) > MAX_LENGTH:
            return
        again = compile_formula(compiled.canonical, SCOPE).formula
        assert again is not None
        assert (again.canonical, again.hash) == (compiled.canonical, compiled.hash)
