"""Nothing a user types crashes, hangs or escapes."""

import sys
import time

import pytest

from dsl.backends import sql
from dsl.backends.python import program
from dsl.backends.python_ops import HELPERS
from dsl.explain import explain
from dsl.formula import compile_formula
from tests.dsl.world import ROW, SCOPE

ENDLESS = [
    *("(" * 100_000, "-" * 100_000, "[" * 100_000, "{" * 100_000, "'" * 99_999, "a." * 50_000),
    *(
        "f(" * 50_000,
        "1+" * 50_000,
        "NOT " * 50_000,
        "IF(" * 50_000,
        "，" * 100_000,
        "\0" * 100_000,
    ),
]
LONG = [
    *("(" * 4000, "-" * 4000 + "1", "1+" * 2000 + "1", "1^" * 2000 + "1", "NOT " * 1000 + "TRUE"),
    *("IF(" * 1300, "a." * 2000 + "a", "f(" * 2000, "lines[" * 600, "TRUE AND " * 400 + "TRUE"),
    *("'a' & " * 600 + "'a'", "1 = " * 1000 + "1", "SUM(" + "count," * 600 + "1)", "%" * 4000),
    "count IN (" + "1," * 1500 + "2)",
]
ESCAPES = [
    "__import__('os').system('id')",
    "().__class__.__bases__[0].__subclasses__()",
    "name.__class__",
    "name.__class__.__mro__",
    "lambda: 1",
    "[x for x in lines]",
    "eval('1')",
    "globals()",
    "{__builtins__}",
    "{x}; import os",
    "f'{name}'",
    "name.format(1)",
    "open('/etc/passwd')",
    "`id`",
    "1 if 1 else 2",
    "lines[0].__class__",
    "'%s' % name",
    "a := 1",
    "9**9**9**9",
    "'a' * 999999999",
]


@pytest.mark.parametrize("text", ENDLESS, ids=lambda text: text[:4])
def test_endless_input_is_refused_at_once(text):
    started = time.perf_counter()
    compiled = compile_formula(text, SCOPE)
    assert compiled.formula is None
    assert compiled.diagnostics[0].code == "DSL001"
    assert time.perf_counter() - started < 0.5


@pytest.mark.parametrize("text", LONG, ids=lambda text: text[:4])
def test_long_input_is_compiled_or_refused(text):
    started = time.perf_counter()
    compiled = compile_formula(text, SCOPE)
    assert (compiled.formula is None) == bool(compiled.diagnostics)
    assert time.perf_counter() - started < 2
    assert sys.getrecursionlimit() == 1000


@pytest.mark.parametrize("text", ESCAPES)
def test_escape_is_refused(text):
    assert compile_formula(text, SCOPE).formula is None


def test_generated_code_sees_no_builtins():
    assert HELPERS["__builtins__"] == {}


DEEPEST = [
    "IF(count > 1, 1, " * 60 + "2" + ")" * 60,
    "(" * 60 + "count" + " / 3)" * 60,
    "NOT (" * 60 + "count > none" + ")" * 60,
    "COALESCE(none, " * 30 + "count" + ")" * 30,
    "IFS(" + ", ".join(f"count > {i}, {i}" for i in range(250, 50, -1)) + ")",
    "SUM(" + ", ".join(["count"] * 500) + ")",
    " AND ".join(["count > 1"] * 240),
    "SWITCH(count, " + ", ".join(f"{i}, {i}" for i in range(300)) + ")",
    " + ".join(["none * 3 / 7"] * 40),
]


@pytest.mark.parametrize("text", DEEPEST, ids=lambda text: text[:8])
def test_largest_formulas_run_in_every_mode(text):
    compiled = compile_formula(text, SCOPE)
    assert compiled.formula is not None, compiled.diagnostics
    outcome = program(compiled.formula).evaluate(ROW)
    assert explain(compiled.formula, ROW).value == outcome.value
    columns = {key: [value] for key, value in ROW.items()}
    assert program(compiled.formula).evaluate_columns(columns, 1) == [outcome.value]
    sql.lower(compiled.formula)


def test_too_many_parts_are_refused():
    compiled = compile_formula("SUM(" + "1," * 1100 + "1)", SCOPE)
    assert compiled.diagnostics[0].code == "DSL003"


@pytest.mark.parametrize("text", ["'a\0b'", '"\ud800"', "{a\udfff}", "1 + \0", "'a' & '\udc80'"])
def test_characters_that_no_database_holds_are_refused(text):
    (problem,) = compile_formula(text, SCOPE).diagnostics
    assert problem.code == "DSL008"
    assert problem.text("en").isascii()
    assert not text[problem.span.start].isprintable()


def test_empty_formula_is_refused():
    assert compile_formula(" 　 ", SCOPE).diagnostics[0].code == "DSL009"


def test_filters_in_filters_have_a_limit():
    from dsl import types as t
    from dsl.scope import RowScope, Symbol

    def entity(_name):
        return scope

    scope = RowScope({"sub": Symbol("sub", t.Rows("x")), "n": Symbol("n", t.Number(0))}, entity)
    six = "COUNT(sub[" * 6 + "n > 0" + "] ) > 0".replace("] )", "])") * 6
    assert compile_formula(six, scope).formula is not None
    seven = "COUNT(sub[" * 7 + "n > 0" + "]) > 0" * 7
    assert compile_formula(seven, scope).diagnostics[0].code == "DSL002"
