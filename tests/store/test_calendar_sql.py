"""Working days in both databases are those that Python counts."""

import random

from sqlalchemy import select

from dsl import types as t
from dsl.backends.python import Params, program
from dsl.calendars import calendar_text, parameter_of
from dsl.formula import compile_formula
from dsl.scope import RowScope, Symbol
from dsl.values import FIRST_DAY, LAST_DAY
from store.bulk import relation
from store.column_types import BIGINT
from store.formula_sql import formula_sql, plain_columns

KINDS = {"start": t.Date(), "end": t.Date(), "count": t.Number(0)}
SCOPE = RowScope({key: Symbol(key, kind) for key, kind in KINDS.items()}, lambda _: None)
FORMULAS = [
    "NETWORKDAYS(start, end)",
    "WORKDAY(start, count)",
    "ISWORKDAY(start)",
    "NETWORKDAYS(WORKDAY(start, count), EDATE(end, 1)) * 9000000000000000000",
    "WORKDAY(WORKDAY(start, count), 0 - count)",
]
EDGES = [
    (FIRST_DAY, LAST_DAY, 1), (FIRST_DAY, FIRST_DAY, -1), (LAST_DAY, FIRST_DAY, 1),
    (LAST_DAY, LAST_DAY, -(2**62)), (FIRST_DAY, LAST_DAY, 2**62), (None, 5, 1), (5, None, None),
]  # fmt: skip


def calendars(rng):
    """The plainest ones, and some whose week and differing days are drawn."""
    yield from ("1111100", "0000000", "1111111", "0000000 40", "1111111 40")
    for _ in range(12):
        week = [day for day in range(1, 8) if rng.random() < 0.6]
        days = {rng.randrange(-90, 90): rng.random() < 0.5 for _ in range(rng.choice((1, 60)))}
        yield calendar_text(week, days)


def test_working_days_in_the_database_are_those_of_python(database):
    rng = random.Random(5)
    drawn = [tuple(rng.randrange(-100, 100) for _ in range(3)) for _ in range(120)]
    rows = [dict(zip(KINDS, row, strict=True)) for row in [*drawn, *EDGES]]
    formulas = [compile_formula(source, SCOPE).formula for source in FORMULAS]
    with database.read() as uow:
        columns = {key: (BIGINT, [row[key] for row in rows]) for key in KINDS}
        columns["place"] = (BIGINT, list(range(len(rows))))
        given = relation(uow, "given", columns)
        for calendar in calendars(rng):
            params = Params(calendars={parameter_of("office"): calendar})
            resolve = plain_columns(lambda path: given.c[path])
            values = [
                formula_sql(each, resolve, dialect=uow.dialect, params=params) for each in formulas
            ]
            found = uow.execute(select(*values).order_by(given.c.place)).all()
            for row, answers in zip(rows, found, strict=True):
                wanted = [program(each).evaluate(row, params).value for each in formulas]
                assert list(answers) == wanted, (calendar, row)


def test_no_calendar_gives_no_working_days(database):
    formula = compile_formula("NETWORKDAYS(start, end)", SCOPE).formula
    with database.read() as uow:
        given = relation(uow, "given", {key: (BIGINT, [5]) for key in KINDS})
        value = formula_sql(
            formula, plain_columns(lambda path: given.c[path]),
            dialect=uow.dialect, params=Params(calendars={}),
        )  # fmt: skip
        assert uow.execute(select(value)).scalars().all() == [None]
