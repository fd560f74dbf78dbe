"""From text to all executors, and 10,000 stored formulas loaded from their JSON."""

from __future__ import annotations

import gc
import json
import time

from sqlalchemy import column
from sqlalchemy.dialects import postgresql, sqlite

from benchmarks.figures import Figure
from benchmarks.formula.rows import SCOPE, SHAPES
from dsl import ir
from dsl.backends import javascript
from dsl.backends.python import Params, Program
from dsl.formula import compile_formula
from store.formula_sql import forget, formula_sql, plain_columns

STORED, REPEATS = 10_000, 5
PARAMS = Params(today=20_000)
DIALECTS = {"sqlite": sqlite.dialect(), "postgresql": postgresql.dialect(paramstyle="named")}
MORE = (
    "confirmed/due*0.6 + review*0.4",
    'IF(AND(progress >= plan, level = "A"), amount*1.05, IF(progress >= plan*90%, amount, 0))',
    "MAX(0, MIN(100, ROUND(progress/plan*100, 1)))",
    'level IN ("A", "B") AND amount BETWEEN 1000 AND 500000 AND NOT(ISBLANK(due_on))',
    "IF(due_on < TODAY(), DAYS(due_on, TODAY())*0.5, 0) + COALESCE(review, 0)*10",
    'LEFT(owner, 1) & "-" & UPPER(level)',
    "SUM(confirmed, due, review)/3",
    "EDATE(due_on, 3) > done_on OR status <> \"done\"",
)  # fmt: skip


def texts():
    """Three hundred texts of a few shapes, long and short."""
    shapes = (*SHAPES.values(), *MORE)
    return [f"{shapes[n % len(shapes)]}" + " " * (n // len(shapes) % 3) for n in range(300)]


def everywhere(source):
    """Parse, check, and make what each of the four executors runs."""
    formula = compile_formula(source, SCOPE).formula
    Program(formula.ir).bind(PARAMS)
    for name, dialect in DIALECTS.items():
        element = formula_sql(formula, plain_columns(column), dialect=name, params=PARAMS)
        element.compile(dialect=dialect)
    json.dumps(javascript.to_json(formula))
    return formula


def timed(act, *args):
    """Processor seconds and the result."""
    start = time.process_time()
    result = act(*args)
    return time.process_time() - start, result


def load(stored):
    """Every formula as its IR; all of it stays, so there is nothing for the collector to find."""
    gc.disable()
    try:
        return [ir.from_json(each) for each in json.loads(stored)]
    finally:
        gc.enable()


def first_use(node):
    return Program(node).bind(PARAMS)


def best_of(act, items):
    """Per item the best of a few turns, so that other programs do not count."""
    best = [float("inf")] * len(items)
    for _ in range(REPEATS):  # turn and turn about: a slow moment does not meet one item only
        for at, item in enumerate(items):
            forget()  # nothing is known of the formula yet
            best[at] = min(best[at], timed(act, item)[0])
    return best


def p95(seconds):
    return sorted(seconds)[int(len(seconds) * 0.95)]


def run():
    """Compilation per 100 characters, loading, and the first use of what was loaded."""
    sources = texts()
    compiled = [everywhere(source) for source in sources]
    gc.collect()
    per_100 = [
        taken * 100 / max(100, len(source))
        for taken, source in zip(best_of(everywhere, sources), sources, strict=True)
    ]
    listed = [ir.to_json(compiled[n % len(compiled)].ir) for n in range(STORED)]
    stored = json.dumps(listed)
    taken, nodes = min((timed(load, stored) for _ in range(3)), key=lambda pair: pair[0])
    assert nodes[: len(compiled)] == [formula.ir for formula in compiled]
    uses = best_of(first_use, nodes[: len(compiled)])
    return [
        Figure(
            "text to four executors, p95 per 100 characters",
            p95(per_100),
            0.002,
            note=f"{len(sources)} formulas of {min(map(len, sources))} to "
            f"{max(map(len, sources))} characters; a shorter one counts as 100",
        ),
        Figure(f"{STORED} stored formulas loaded", taken, 1.0, note=f"{len(stored)} bytes"),
        Figure("first use of a loaded formula, p95", p95(uses), 0.002),
    ]
