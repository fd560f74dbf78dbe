"""Formulas at the limits of the language: long lists, many branches, deep nesting, many leaves."""

from random import Random

import pytest
from sqlalchemy import BigInteger, literal, select

from dsl.backends.python import Params, program
from dsl.formula import compile_formula
from dsl.scope import RowScope, Symbol
from dsl.types import Number
from store.formula_sql import lowered, to_sql

from .executors import PYTHON, Sheet
from .test_differential import differences
from .world import SCOPE, make_row


def _list(pattern, count, start=0):
    return ", ".join(pattern.format(n=n) for n in range(start, start + count))


def _nested(pattern, depth, inner="confirmed"):
    for n in range(depth):
        inner = pattern.format(inner=inner, n=n)
    return inner


WIDE = {
    "sum": f"SUM({_list('count', 500)})",
    "sum of products": f"SUM({_list('count * {n}', 200)})",
    "min": f"MIN({_list('due, {n}', 200)})",
    "max of quotients": f"MAX({_list('due / {n}', 40)})",
    "max of days": f"MAX({_list('start, end', 150)})",
    "min of more": f"MIN({_list('due', 650)})",
    "coalesce": f"COALESCE({_list('due', 300)}, 1)",
    "concat": f"CONCAT({_list('name', 300)})",
    "ampersands": " & ".join(["name", "'x'"] * 150),
    "count": f"COUNT({_list('due', 300)})",
    "average": f"AVG({_list('due, {n}', 150)})",
    "in": f"count IN ({_list('{n}', 600)})",
    "in computed": f"(count + 1) IN ({_list('due * {n}', 130)})",
    "and": " AND ".join(["count > 1", "passed"] * 120),
    "or": " OR ".join(["count < due", "seen"] * 120),
    "ifs": f"IFS({_list('count > {n}, {n}', 200)})",
    "ifs computed": f"IFS({_list('due / {n} > 1, price / {n}', 100, 1)}, 0)",
    "switch": f"SWITCH(count, {_list('{n}, due + {n}', 200)}, 7)",
    "plus": " + ".join(["due * 3 / 7"] * 60),
    "aggregates": f"SUM({_list('lines[quantity>{n}].amount', 110)})",
    "aggregates compared": " AND ".join(f"COUNT(lines[quantity>{n}])>due" for n in range(90)),
    "power of power": "((WEEKDAY(start)^64)^16) > 1",
    "power of sum": "(count + limit + big)^40",
}
DEEP = {
    "if": _nested("IF(count > {n}, {n}, {inner})", 60),
    "if in condition": _nested("IF({inner} > {n}, {n}, due)", 30),
    "parentheses": _nested("({inner} / 3)", 60),
    "minus": _nested("-({inner})", 60),
    "not": _nested("NOT ({inner})", 60, "count > due"),
    "and or": _nested("(passed AND ({inner} OR seen))", 30, "count > due"),
    "coalesce": _nested("COALESCE({inner}, due)", 50),
    "min": _nested("MIN({inner}, due, {n})", 50),
    "round": _nested("ROUND(ABS({inner}) * 1.1, 2)", 20),
    "mod": _nested("MOD({inner} + {n}, 7)", 30),
    "text": _nested("TRIM(UPPER({inner} & ' a'))", 20, "name"),
    "left": _nested("LEFT({inner} & 'ab', {n} + 3)", 30, "name"),
    "dates": _nested("EDATE({inner} + 1d, {n})", 30, "start"),
    "switch": _nested("SWITCH({inner}, 1, 2, {n}, due)", 50),
    "filter": "COUNT(lines[" + _nested("NOT ({inner})", 55, "quantity > this.due") + "])",
    "filter if": "SUM(lines[" + _nested("IF({inner}, valid, NOT valid)", 50, "valid") + "].amount)",
    "filter sum": "COUNT(lines[" + _nested("({inner} + amount)", 55, "ratio") + " > 1])",
    "aggregate inside": _nested("(SUM(lines.amount) + {inner})", 50),
    "filter in filter": "COUNT(lines[COUNT(maker.marks[score > this.quantity]) = quantity])",
}


@pytest.mark.parametrize("text", [*WIDE.values(), *DEEP.values()], ids=[*WIDE, *DEEP])
def test_large_formulas_say_the_same(text, worlds, people):
    compiled = compile_formula(text, SCOPE)
    assert compiled.formula is not None, [each.text("en") for each in compiled.diagnostics]
    random = Random(11)
    rows = tuple(make_row(random, people) for _ in range(25))
    sheet = Sheet((compiled.formula,), rows, people, Params())
    answers = {name: run(sheet) for name, run in PYTHON.items()}
    answers |= {world.name: world.answers(sheet) for world in worlds}
    assert not list(differences(sheet, answers))


def test_a_formula_may_read_more_fields_than_a_function_takes_arguments(worlds):
    """Beyond 64 bits SQLite calls a function of all of them."""
    keys = [f"n{number}" for number in range(300)]
    scope = RowScope({key: Symbol(key, Number(0)) for key in keys}, lambda _name: None)
    row = {key: 10**18 + n if n % 7 else None for n, key in enumerate(keys)}
    formula = compile_formula(f"SUM({', '.join(keys)}) / 300000000000", scope).formula
    wanted = program(formula).evaluate(row).value
    assert wanted is not None
    columns = {key: literal(value, BigInteger()) for key, value in row.items()}
    for world in worlds:
        with world.database.read() as uow:
            value = to_sql(lowered(formula), columns.__getitem__, world.database.dialect)
            assert uow.execute(select(value)).scalar_one() == wanted
