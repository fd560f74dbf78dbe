"""One formula, one answer: Python in three ways, SQLite, PostgreSQL, browser; cell by cell."""

import os
import time
from collections import Counter
from dataclasses import replace
from random import Random

import pytest

from dsl import ir
from dsl.backends import sql
from dsl.backends.python import Params
from dsl.calendars import calendar_text, parameter_of
from store.formula_sql import lowered

from .executors import PYTHON, Sheet, in_browser
from .generate import Generator
from .world import CATALOG, make_row

SEED = int(os.environ.get("PLUMBLINE_FUZZ_SEED", "1"))
SECONDS = float(os.environ.get("PLUMBLINE_FUZZ_SECONDS", "0"))  # per shard, at least
SHARDS, CELLS = 4, 90_000
FORMULAS, CHAINS, ROWS = 45, 3, 220
SHOWN = 12

pytestmark = pytest.mark.timeout(300 + 2 * SECONDS)


def sheets(random, people, *, hosted=False):
    """Random formulas with random rows, without end."""
    generator = Generator(random, hosted=hosted)
    while True:
        texts = [generator.formula() for _ in range(FORMULAS)]
        texts += [generator.chain(random.randint(5, 40)) for _ in range(CHAINS)]
        compiled = (CATALOG.row_formula(text, "f.row").formula for text in texts)
        rows = tuple(make_row(random, people) for _ in range(ROWS))
        yield Sheet(tuple(filter(None, compiled)), rows, people, some_params(random))


def some_params(random):
    if random.random() < 0.1:
        return Params()
    today = random.randint(20_450, 20_550)
    start = today - random.randint(0, 40)
    marked = {random.randrange(-40, 21_000): random.random() < 0.5 for _ in range(60)}
    week = [day for day in range(1, 8) if random.random() < 0.7]
    return Params(
        today,
        today * 86_400_000_000 + 5,
        period_start=start,
        period_end=start + 30,
        calendars={parameter_of("office"): calendar_text(week, marked)},
    )


def differences(sheet, answers):
    """Cells where an executor does not say what Python says row by row."""
    wanted = answers["python row"]
    for name, found in answers.items():
        for n, formula in enumerate(sheet.formulas):
            if found[n] == wanted[n] and [*map(type, found[n])] == [*map(type, wanted[n])]:
                continue
            yield report(name, sheet, formula, list(zip(wanted[n], found[n], strict=True)))


def report(name, sheet, formula, pairs):
    bad = [n for n, (a, b) in enumerate(pairs) if a != b or type(a) is not type(b)]
    row = sheet.flat()[bad[0]]
    needed = {key: row[key] for key in (*formula.needs.paths, *formula.needs.rows)}
    wanted, found = pairs[bad[0]]
    text = f"{name}: {formula.source}\n  {found!r} instead of {wanted!r} ({len(bad)} rows)"
    return f"{text}\n  {needed} {sheet.params}"


class Coverage:
    """What the formulas of a run were made of."""

    def __init__(self):
        self.names = Counter()

    def add(self, formula):
        self.names[ir.type_name(formula.type)] += 1
        self._add(lowered(formula))

    def _add(self, op):
        match op:
            case sql.Op(name=name, args=args):
                self.names[name] += 1
                for arg in args:
                    self._add(arg)
            case sql.Fold(kind=kind, where=where, value=value):
                self.names[f"fold {kind}"] += 1
                for part in filter(None, (where, value)):
                    self._add(part)
            case sql.Guarded(limit=limit, body=body):
                self.names["exact only" if limit is None else "guarded"] += 1
                self._add(body)
            case sql.Param(name=name):
                self.names[name] += 1

    def missing(self):
        folds = {f"fold {kind}" for kind in ("sum", "count", "rows", "distinct", "min", "max")}
        types = {"number", "boolean", "text", "date", "datetime", "duration", "choice"}
        params = {"today", "now", "period_start", "period_end"}
        wanted = {*sql.OP_NAMES, *folds, *types, *params, "exact only", "guarded"}
        return {name for name in wanted if self.names[name] < 1}


COVERAGE = Coverage()  # of all shards: a rare operation need not be in each


@pytest.mark.parametrize("shard", range(SHARDS))
def test_all_executors_say_the_same(shard, worlds, interpreter, people, record_property):
    started = time.monotonic()
    random = Random(SEED * 1000 + shard)
    cells = compared = formulas = blank = 0
    found = []
    for sheet in sheets(random, people):
        answers = {name: run(sheet) for name, run in PYTHON.items()}
        answers |= {world.name: world.answers(sheet) for world in worlds}
        answers["browser"] = in_browser(interpreter, sheet, answers["python row"])
        found += differences(sheet, answers)
        formulas += len(sheet.formulas)
        cells += len(sheet.formulas) * len(sheet.rows)
        compared += len(sheet.formulas) * len(sheet.rows) * (len(answers) - 1)
        blank += sum(values.count(None) for values in answers["python row"])
        for formula in sheet.formulas:
            COVERAGE.add(formula)
        enough = cells >= CELLS and time.monotonic() - started >= SECONDS
        if enough or len(found) > SHOWN:
            break
    record_property("cells compared", compared)
    record_property("formulas", formulas)
    shown = "\n".join(sorted(found, key=len)[:SHOWN])
    assert not found, f"{len(found)} formulas differ (seed {SEED}, shard {shard}):\n{shown}"
    assert blank < cells / 2


def test_python_and_sqlite_say_the_same_of_what_only_python_computes(
    sqlite_world, people, record_property
):
    random = Random(SEED * 1000 + SHARDS)
    cells, found = 0, []
    for sheet in sheets(random, people, hosted=True):
        answers = {name: run(sheet) for name, run in PYTHON.items()}
        asked = replace(sheet, formulas=tuple(f for f in sheet.formulas if is_for_sqlite(f)))
        wanted = [answers["python row"][sheet.formulas.index(f)] for f in asked.formulas]
        stored = {"python row": wanted, "sqlite": sqlite_world.answers(asked)}
        found += [*differences(sheet, answers), *differences(asked, stored)]
        cells += len(sheet.formulas) * len(sheet.rows)
        if cells >= CELLS or len(found) > SHOWN:
            break
    record_property("cells compared", cells * 3)
    shown = "\n".join(sorted(found, key=len)[:SHOWN])
    assert not found, f"{len(found)} formulas differ (seed {SEED}):\n{shown}"


def is_for_sqlite(formula):
    """Whether SQLite can compute it, perhaps with functions of ours."""
    try:
        lowered(formula)
    except sql.NotPushable:
        return False
    return True


def test_the_formulas_of_all_shards_together_use_every_operation():
    assert not COVERAGE.missing()
