"""Formulas in the database beside hand-written exact SQL, and SQLite's fallback to Python."""

from __future__ import annotations

import random
import time

from sqlalchemy import BigInteger, Column, Integer, MetaData, Table, column, select, text

from benchmarks.databases import KINDS, fresh
from benchmarks.figures import Figure
from dsl import types as t
from dsl.backends.python import NO_PARAMS, program
from dsl.backends.sql import exact, lower
from dsl.formula import compile_formula
from dsl.scope import RowScope, Symbol
from store.db import Database
from store.formula_sql import formula_sql, plain_columns
from store.sqlite_functions import register_exact

ROWS, REPEATS = 120_000, 15
FIELDS = {"good": 0, "made": 0, "review": 4, "amount": 2}
SCOPE = RowScope({name: Symbol(name, t.Number(s)) for name, s in FIELDS.items()}, lambda _: None)
SOURCE = "ROUND((good/made*0.6 + review*0.4)*100, 2)"
# What somebody who knows the scales would write: larger numbers than that are left out. Half away
# from zero is (2a + b) / 2b for the same signs; both divisors written out here are positive.
BY_HAND = """
SELECT CASE WHEN total >= 0 THEN (total + 500000) / 1000000 ELSE -((500000 - total) / 1000000) END
FROM (SELECT (CASE WHEN part >= 0 THEN (part + 5) / 10 ELSE -((5 - part) / 10) END
        + review * 4000) * 100 AS total
  FROM (SELECT review, 6 * CASE WHEN made = 0 OR ABS(good) > 20000000000 THEN NULL
      WHEN (good >= 0) = (made > 0) THEN (200000000 * good + made) / (2 * made)
      ELSE (200000000 * good - made) / (2 * made) END AS part
    FROM bench_row ORDER BY id) a) b
"""


def bench_table():
    return Table(
        "bench_row",
        MetaData(),
        Column("id", Integer, primary_key=True),
        *(Column(name, BigInteger) for name in FIELDS),
    )


def fill(connection, table):
    """Small numbers, a few blanks and zeros; one row in a thousand leaves 64 bits on the way."""
    dice = random.Random(3)
    rows = [
        {
            "id": n,
            "good": dice.randrange(-50, 1000) if n % 1000 else 2**62,
            "made": None if n % 50 == 7 else dice.randrange(-20, 1000),
            "review": dice.randrange(10_001),
            "amount": dice.randrange(10**8),
        }
        for n in range(ROWS)
    ]
    table.metadata.create_all(connection)
    connection.execute(table.insert(), rows)
    return rows


def statements(dialect, formula):
    """Our statement, the hand-written one and, for SQLite, the fallback for every row."""
    source = text("bench_row")
    find = plain_columns(column)
    ours = formula_sql(formula, find, dialect=dialect, params=NO_PARAMS)
    found = {
        "pushed": select(ours).select_from(source).order_by(column("id")),
        "hand": text(BY_HAND),
    }
    if dialect == "sqlite":
        lowered = lower(formula)
        register_exact(lowered.key, lambda: exact(lowered))
        call = f"pl_exact('{lowered.key}', {', '.join(leaf.path for leaf in lowered.inputs)})"
        found["fallback"] = text(f"SELECT {call} FROM bench_row ORDER BY id")
    return found


# SQLite computes in this process; what PostgreSQL's own process takes only the wall clock shows.
CLOCKS = {"sqlite": time.process_time, "postgresql": time.perf_counter}


def measure(connection, ways):
    """The best seconds of each statement, turn and turn about, and what they gave."""
    clock = CLOCKS[connection.dialect.name]
    best, answers = {}, {}
    for _ in range(REPEATS):
        for name, statement in ways.items():
            start = clock()
            answers[name] = connection.execute(statement).scalars().all()
            taken = clock() - start
            best[name] = min(taken, best.get(name, taken))
    return best, answers


def check(answers, rows, formula):
    """Python gives the same for every row; the hand-written statement leaves large numbers out."""
    wanted = program(formula).evaluate_columns(
        {name: [row[name] for row in rows] for name in FIELDS}, len(rows)
    )
    for name, found in answers.items():
        assert len(found) == len(rows), name
        small = [n for n in range(len(rows)) if name != "hand" or n % 1000]
        assert [found[n] for n in small] == [wanted[n] for n in small], name
    assert any(value is None for value in wanted)


def run():
    """Both databases."""
    figures = []
    formula = compile_formula(SOURCE, SCOPE).formula
    for kind in KINDS:
        with fresh(kind) as url:
            database = Database.open(url)
            with database.write(publishing=True) as uow:
                rows = fill(uow.connection, bench_table())
            with database.read() as uow:
                best, answers = measure(uow.connection, statements(kind, formula))
            database.close()
        check(answers, rows, formula)
        figures += [
            Figure(
                f"{name}, {kind}",
                best[name],
                baseline_s=best["hand"],
                ratio_limit=limit,
                baseline="hand-written exact SQL",
                note=f"{ROWS} rows",
            )
            for name, limit in (("pushed", 1.15), ("fallback", 2))
            if name in best
        ]
    return figures
