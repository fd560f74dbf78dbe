"""Wildcards in both databases are those of Python."""

import random
import time

from sqlalchemy import Text as TextColumn
from sqlalchemy import select

from dsl.backends.python import NO_PARAMS, program
from dsl.formula import compile_formula
from dsl.scope import RowScope, Symbol
from dsl.types import Text
from store.bulk import relation
from store.formula_sql import formula_sql, plain_columns

LETTERS = "aab*?~[]%_\\^é点\U0001f600\n."
SCOPE = RowScope({"name": Symbol("name", Text())}, lambda _: None)


def column_of(uow, formula, texts):
    given = relation(
        uow, "given",
        {"place": (TextColumn(), [f"{n:04}" for n in range(len(texts))]), "name": (TextColumn(), texts)},
    )  # fmt: skip
    resolve = plain_columns(lambda path: given.c[path])
    value = formula_sql(formula, resolve, dialect=uow.dialect, params=NO_PARAMS)
    return uow.execute(select(value).order_by(given.c.place)).scalars().all()


def compiled(pattern):
    return compile_formula(f"MATCHES(name, '{pattern}')", SCOPE).formula


def test_patterns_in_the_database_are_those_of_python(database):
    rng = random.Random(3)

    def drawn(most):
        return "".join(rng.choice(LETTERS) for _ in range(rng.randint(1, most)))

    texts = [*(drawn(6) for _ in range(300)), None]
    with database.read() as uow:
        for _ in range(60):
            formula = compiled(drawn(5))
            wanted = [program(formula).evaluate({"name": text}).value for text in texts]
            found = column_of(uow, formula, texts)
            assert [None if each is None else bool(each) for each in found] == wanted


def test_no_pattern_takes_long_in_the_database(database):
    patterns = ["*a" * 1500 + "b", "*" + "a?" * 1000 + "b*", "a*" * 1500 + "b"]
    with database.read() as uow:
        for pattern in patterns:
            began = time.monotonic()
            assert [bool(each) for each in column_of(uow, compiled(pattern), ["a" * 4096])] == [
                False
            ]
            assert time.monotonic() - began < 5.0
