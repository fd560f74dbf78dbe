"""Row mode, batch mode and explanations beside hand-written Python, and other engines."""

from __future__ import annotations

import gc
import random
import time

from benchmarks.figures import Figure
from benchmarks.formula import engines
from dsl import types as t
from dsl.backends.python import Params, Program, program
from dsl.explain import explain
from dsl.formula import compile_formula
from dsl.scope import RowScope, Symbol

ROWS, REPEATS, TODAY = 4_000, 80, 20_000
LARGEST = 2**63 - 1
FIELDS = {
    "confirmed": t.Number(0),
    "due": t.Number(0),
    "review": t.Number(4),
    "status": t.Text(),
    "done_on": t.Date(),
    "due_on": t.Date(),
    "progress": t.Number(4),
    "plan": t.Number(4),
    "level": t.Text(),
    "amount": t.Number(2),
    "owner": t.Text(),
}
SCOPE = RowScope({name: Symbol(name, kind) for name, kind in FIELDS.items()}, lambda _: None)
SHAPES = {
    "weighted score": "ROUND((confirmed/due*0.6 + COALESCE(review, 0)*0.4)*100, 2)",
    "nested IF": 'IF(status="done", IF(done_on<=due_on, "on time", '
    'IF(DAYS(due_on, done_on)<=3, "late", "very late")), '
    'IF(due_on<TODAY(), "overdue", "open"))',
    "AND and OR": "AND(progress < plan*(1-20%), "
    'OR(level="A", amount>=1000000), NOT(ISBLANK(owner)))',
}


def score(row):
    """By hand: 8 decimals after the division and each product, 2 at the end, ties from zero."""
    confirmed, due = row["confirmed"], row["due"]
    if confirmed is None or not due:
        return None
    review = row["review"]
    if review is None:
        review = 0
    top = confirmed * 100_000_000
    if (top >= 0) is (due > 0):
        ratio = (2 * top + due) // (2 * due)
    else:
        ratio = -((due - 2 * top) // (2 * due))
    part = ratio * 6
    part = (part + 5) // 10 if part >= 0 else -((5 - part) // 10)
    total = (part + review * 4000) * 100
    total = (total + 500_000) // 1_000_000 if total >= 0 else -((500_000 - total) // 1_000_000)
    return total if -LARGEST <= total <= LARGEST else None


def standing(row, today):
    """By hand: the words for where a task stands."""
    due_on = row["due_on"]
    if row["status"] == "done":
        done_on = row["done_on"]
        if done_on is None or due_on is None:
            return "very late"
        if done_on <= due_on:
            return "on time"
        return "late" if done_on - due_on <= 3 else "very late"
    if due_on is not None and due_on < today:
        return "overdue"
    return "open"


def alarm(row):
    """By hand: three-valued AND and OR, leaving as soon as the answer is known."""
    if row["owner"] is None:
        return False
    progress, plan = row["progress"], row["plan"]
    known = progress is not None and plan is not None
    if known and progress * 100 >= plan * 80:
        return False
    level, amount = row["level"], row["amount"]
    if level == "A" or (amount is not None and amount >= 100_000_000):
        return True if known else None
    if level is None or amount is None:
        return None
    return False


BY_HAND = {"weighted score": score, "nested IF": standing, "AND and OR": alarm}


def rows_of(count):
    """Rows as they come from a form: 4 % of the values are blank, open tasks have no end."""
    dice = random.Random(11)

    def maybe(value):
        return None if dice.random() < 0.04 else value

    rows = []
    for _ in range(count):
        due_on = TODAY + dice.randrange(-40, 40)
        status = dice.choice(("done", "done", "open", "paused"))
        rows.append(
            {
                "confirmed": maybe(dice.randrange(0, 200)),
                "due": maybe(dice.randrange(0, 200)),
                "review": maybe(dice.randrange(0, 10_001)),
                "status": maybe(status),
                "done_on": maybe(due_on + dice.randrange(-9, 9)) if status == "done" else None,
                "due_on": maybe(due_on),
                "progress": maybe(dice.randrange(0, 10_001)),
                "plan": maybe(dice.randrange(0, 10_001)),
                "level": maybe(dice.choice("ABC")),
                "amount": maybe(dice.randrange(0, 200_000_000)),
                "owner": maybe("someone"),
            }
        )
    return rows


def compiled(text):
    """A formula over the fields above."""
    found = compile_formula(text, SCOPE)
    assert found.formula is not None, found.diagnostics
    return found.formula


def by_row(run, rows):
    return [run(row) for row in rows]


def by_row_today(run, rows):
    return [run(row, TODAY) for row in rows]


def ways_of(name, text, rows):
    """Every way to compute a shape, as functions without arguments."""
    formula, hand = compiled(text), BY_HAND[name]
    run = Program(formula.ir)
    params = Params(today=TODAY)
    bound = run.bind(params)
    paths = run.needs.paths
    columns = {path: [row[path] for row in rows] for path in paths}
    over = by_row_today if hand is standing else by_row
    ways = {
        "hand": lambda: over(hand, rows),
        "row": lambda: by_row(bound, rows),
        "batch": lambda: run.evaluate_columns(columns, len(rows), params),
        "evaluated": lambda: [program(formula).evaluate(row, params).value for row in rows],
        "explained": lambda: [explain(formula, row, params).value for row in rows],
    }
    for engine, expressions in engines.AVAILABLE.items():
        ways[engine] = engines.prepare(engine, expressions[name], paths, rows)
    return ways


def timed(ways, rounds=REPEATS):
    """The best processor seconds of each way, taken turn and turn about."""
    best, answers = {}, {}
    gc.collect()
    gc.disable()
    for turn in range(rounds):
        for name, way in ways.items():
            if name in engines.AVAILABLE and turn > 2:  # they take long and need no precision
                continue
            start = time.process_time()
            answers[name] = way()
            taken = time.process_time() - start
            best[name] = min(taken, best.get(name, taken))
    gc.enable()
    return best, answers


def check(name, answers):
    """All ways of ours agree with the hand-written function to the last digit."""
    wanted = answers["hand"]
    assert answers["row"] == wanted, name
    assert answers["batch"] == wanted, name
    assert answers["evaluated"] == answers["explained"] == wanted, name
    assert len(set(map(str, wanted))) > 2, name
    for engine in engines.AVAILABLE:
        engines.compare(engine, name, answers[engine], wanted)


BASELINES = {
    "hand": "hand-written Python",
    "row": "row mode",
    "evaluated": "value and reason, without explanation",
}
# way, its baseline, how many times as long it may take at most
LIMITS = (
    ("row", "hand", 1 / 0.95),
    ("batch", "hand", 1 / 1.5),
    ("explained", "evaluated", 1.25),
    ("row", "zen-engine", 1 / 3.5),
    ("batch", "zen-engine", 1 / 6),
    ("row", "rule-engine", 1 / 10),
    ("batch", "rule-engine", 1 / 10),
)


def run():
    """One figure per shape, way and baseline."""
    figures = []
    rows = rows_of(ROWS)
    for name, text in SHAPES.items():
        ways = ways_of(name, text, rows)
        best, answers = timed(ways)
        check(name, answers)
        figures += [
            Figure(
                f"{name}, {way}" + ("" if base == "hand" else f" and {base}"),
                best[way],
                baseline_s=best[base],
                ratio_limit=limit,
                baseline=BASELINES.get(base, base),
                note=f"{len(rows)} rows; {best[base] / best[way]:.2f} times as fast",
            )
            for way, base, limit in LIMITS
            if base in best
        ]
    return figures
