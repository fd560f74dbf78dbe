"""Row and batch mode give the reference's value for every mix of blanks, zeros and signs."""

from itertools import product

import pytest

from dsl import types as t
from dsl.backends.python import Params, Program
from dsl.formula import compile_formula
from dsl.interpret import interpret
from dsl.scope import RowScope, Symbol

NUMBERS = (None, 0, 1, 2, -3)
TRUTHS = (None, True, False)
VALUES = {**dict.fromkeys("abc", NUMBERS), **dict.fromkeys("pqr", TRUTHS)}
KINDS = {name: t.Number(0) if name in "abc" else t.Boolean() for name in VALUES}
SCOPE = RowScope({name: Symbol(name, kind) for name, kind in KINDS.items()}, lambda _: None)


@pytest.mark.parametrize(
    "text",
    [
        "a = a",
        "a = 1",
        "a <> 1",
        "OR(a = 1/a, p)",
        "SWITCH(a, a, 1, 2)",
        "(MAX(a, b) NOT IN (c, c, 3)) = p",
        "(a NOT IN (b, c)) = p",
        "IF(a IN (1, 2, b), a + b, a*c)",
        "AND(p, OR(q, r), a < b)",
        "AND(p, NOT(a IN (b, c)), q)",
        "AND(ISBLANK(a), b > 0, p)",
        "AND(1/a > 0, OR(p, 2/b > 1))",
        "AND(a BETWEEN b AND c, p)",
        "OR(AND(p, q), NOT(r), a/b > c)",
        "OR(p, q, a > b, c > b)",
        "OR(ISBLANK(a), a > b, a < c)",
        "NOT(a*2 > b + c)",
        "(p AND q) = (q OR r)",
        "IF(AND(a/b > 1, p), a/b, b/a)",
        "IF(a > b, IF(b > c, a, b*c), IF(p, c/a, 0))",
        "ROUND(a/b/c, 2)",
        "ROUND(-a*6/10, 0)",
        "ROUND(a*5/10, 0)",
        "ROUND(a*3/-2, 0)",
        "a*-3/7/9",
        "a/(b*2)/b",
        "ROUNDUP(a/b, 0)",
        "COALESCE(a, 0)/COALESCE(b, 1)",
        "IF(TODAY() > DATE(2020, 1, 1), a, b)",
    ],
)
@pytest.mark.parametrize("today", [20_000, None])
def test_every_mode_agrees_with_the_reference(text, today):
    formula = compile_formula(text, SCOPE).formula
    run, params = Program(formula.ir), Params(today=today)
    names = run.needs.paths
    mixes = list(product(*(VALUES[name] for name in names)))
    rows = [dict(zip(names, mix, strict=True)) for mix in mixes]
    wanted = [interpret(formula.ir, row, params.by_name())[0] for row in rows]
    columns = {name: [row[name] for row in rows] for name in names}
    bound = run.bind(params)
    found = {
        "row": [bound(row) for row in rows],
        "batch": run.evaluate_columns(columns, len(rows), params),
    }
    for mode, values in found.items():
        # True is not 1 here
        assert list(map(repr, values)) == list(map(repr, wanted)), mode
