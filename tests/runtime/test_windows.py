"""Window functions in rule conditions, against plain loops over the periods of each subject."""

import random

import pytest

from builder.compiler import PAST
from dsl.backends.python import NO_PARAMS
from dsl.formula import compile_formula
from dsl.scope import RowScope, Symbol
from dsl.types import Number
from dsl.values import div_half_away
from runtime.decide.rules import Point, judge_series

MEASURED = Number(6)
SCOPE = RowScope(
    {name: Symbol(name, MEASURED) for name in ("value", "target")}, lambda _name: None, PAST
)


# --- the reference: plain loops ---------------------------------------------------------------
def at(series, period, name="value"):
    point = series.get(period)
    return None if point is None else getattr(point, name)


def mean(values):
    known = [value for value in values if value is not None]
    return div_half_away(sum(known) * 100, len(known)) if known else None  # 8 decimals


def below(series, period):
    value, target = at(series, period), at(series, period, "target")
    return None if value is None or target is None else value < target


def every(truths):
    return False if False in truths else None if None in truths else True


def consecutive(series, period, n):
    return every([below(series, period - k) for k in range(n)])


def at_least(series, period, wanted, n):
    truths = [below(series, period - k) for k in range(n)]
    if truths.count(True) >= wanted:
        return True
    return False if truths.count(True) + truths.count(None) < wanted else None


def streak(series, period, n):
    for k in range(n):
        truth = below(series, period - k)
        if truth is None:
            return None
        if not truth:
            return k
    return n


def falling(series, period, n):
    steps = []
    for k in range(n):
        now, before = at(series, period - k), at(series, period - k - 1)
        steps.append(None if now is None or before is None else now < before)
    return every(steps)


def less(left, right):
    return None if left is None or right is None else left < right


def change_below(series, period, limit):
    """CHANGE(value) < limit, in 8 decimals."""
    now, before = at(series, period), at(series, period - 1)
    if now is None or not before:
        return None
    return div_half_away((now - before) * 10**8, abs(before)) < limit


WINDOWS = {
    "CONSECUTIVE(value < target, 3)": lambda s, p: consecutive(s, p, 3),
    "连续(value < target, 2)": lambda s, p: consecutive(s, p, 2),
    "ATLEAST(value < target, 2, 4)": lambda s, p: at_least(s, p, 2, 4),
    "STREAK(value < target, 5) >= 2": lambda s, p: (
        None if streak(s, p, 5) is None else streak(s, p, 5) >= 2
    ),
    "FALLING(value, 2)": lambda s, p: falling(s, p, 2),
    "PREVIOUS(value) > value": lambda s, p: less(at(s, p), at(s, p - 1)),
    "PREVIOUS(value, 3) > value": lambda s, p: less(at(s, p), at(s, p - 3)),
    "value × 100 < AVGBEFORE(value, 3) × 100": lambda s, p: less(
        None if at(s, p) is None else at(s, p) * 100, mean([at(s, p - k) for k in (1, 2, 3)])
    ),
    "value < MOVINGAVG(value, 4)": lambda s, p: less(
        None if at(s, p) is None else at(s, p) * 100, mean([at(s, p - k) for k in range(4)])
    ),
    "CHANGE(value) < 0 - 20%": lambda s, p: change_below(s, p, -20_000_000),
    "SILENCE(value, 2)": lambda s, p: at(s, p) is None and at(s, p - 1) is None,
    "CONSECUTIVE(value < AVGBEFORE(value, 2), 2)": lambda s, p: every(
        [
            less(
                None if at(s, p - k) is None else at(s, p - k) * 100,
                mean([at(s, p - k - j) for j in (1, 2)]),
            )
            for k in (0, 1)
        ]
    ),
}


def random_series(rng, first):
    """Periods with gaps, periods without a value, negative values, ties."""
    points = []
    for period in range(first, first + 40):
        if rng.random() < 0.15:
            continue
        value = None if rng.random() < 0.1 else rng.choice((-3, 0, 1, 2, 2, 3, 5, 9)) * 10**6
        target = None if rng.random() < 0.05 else rng.choice((0, 2, 3, 4)) * 10**6
        points.append(Point(period, value, target))
    return points


@pytest.mark.parametrize("source", WINDOWS)
def test_a_window_is_what_plain_loops_say(source):
    formula = compile_formula(source, SCOPE).formula
    assert formula is not None, compile_formula(source, SCOPE).diagnostics
    rng = random.Random(source)
    seen = set()
    for _ in range(60):
        points = random_series(rng, rng.randrange(-50, 3000))
        series = {point.period: point for point in points}
        judged = judge_series(formula, formula, points, facts={}, params=NO_PARAMS)
        for each in judged:
            assert each.enter == WINDOWS[source](series, each.period), (source, each, points)
            seen.add(each.enter)
    assert {True, False} <= seen
