"""From text to all executors, and 10,000 stored formulas loaded from their JSON.

The seconds are those of the processor. A formula of L characters may take 2 ms x max(1, L / 100).
"""

from __future__ import annotations

import gc
import json
import math
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

STORED, REPEATS = 10_000, 40
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
    "（confirmed ÷ due） × 0.6 ＋ review × 0.4",
    "COALESCE(progress, 0) >= plan*95%",
    'IFS(progress < 60%, "red", progress < 85%, "yellow", "green")',
    'SWITCH(level, "A", amount*1.2, "B", amount, 0)',
    "YEAR(due_on)*100 + MONTH(due_on)",
    'CONTAINS(owner, "x") OR STARTSWITH(status, "d")',
    "ABS(progress - plan) > plan*15%",
    "ROUNDUP(amount/1000, 0)*1000",
    "CLAMP(progress, 0, 1)*100",
)  # fmt: skip
TEXTS = (*SHAPES.values(), *MORE)


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
    """The nearest rank: of twenty the nineteenth."""
    return sorted(seconds)[math.ceil(len(seconds) * 0.95) - 1]


def run():
    """Compilation per 100 characters, loading, and the first use of what was loaded."""
    compiled = [everywhere(source) for source in TEXTS]
    gc.collect()
    per_100 = [
        taken * 100 / max(100, len(source))
        for taken, source in zip(best_of(everywhere, TEXTS), TEXTS, strict=True)
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
            note=f"{len(TEXTS)} formulas of {min(map(len, TEXTS))} to "
            f"{max(map(len, TEXTS))} characters; a shorter one counts as 100; nothing is cached; "
            f"the slowest {1000 * max(per_100):.2f} ms",
        ),
        Figure(f"{STORED} stored formulas loaded", taken, 1.0, note=f"{len(stored)} bytes"),
        Figure("first use of a loaded formula, p95", p95(uses), 0.002),
    ]
