"""Window functions in rule conditions, against plain loops over the periods of each subject."""

import random
from datetime import date

import pytest

from builder.compiler import PAST
from dsl.backends.python import NO_PARAMS
from dsl.formula import compile_formula
from dsl.scope import RowScope, Symbol
from dsl.types import Number
from dsl.values import div_half_away
from runtime.decide.periods import label, parse_label, period_of
from runtime.decide.rules import Point, judge_series

MEASURED = Number(6)
GRAINS = ("day", "week", "month", "quarter", "year")


def scope_of(grain):
    symbols = {name: Symbol(name, MEASURED) for name in ("value", "target")}
    return RowScope(symbols, lambda _name: None, PAST, grain)


SCOPE = scope_of("week")


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


# --- a year before ----------------------------------------------------------------------------
def year_before(period, grain):
    """The period whose label is that of a year before, None when there is no such label."""
    year, rest = label(period, grain)[:4], label(period, grain)[4:]
    if rest == "-W53":
        return None  # the year before has 52 weeks
    try:
        return parse_label(f"{int(year) - 1:04d}{rest}", grain)
    except ValueError:
        return None


def yoy_below(series, period, grain, limit):
    then = year_before(period, grain)
    before = None if then is None else at(series, then)
    now = at(series, period)
    if now is None or not before:
        return None
    return div_half_away((now - before) * 10**8, abs(before)) < limit


YEARS = {
    "LASTYEAR(value) > value": lambda s, p, g: less(
        at(s, p), None if year_before(p, g) is None else at(s, year_before(p, g))
    ),
    "同比(value) < 0 - 20%": lambda s, p, g: yoy_below(s, p, g, -20_000_000),
    "CONSECUTIVE(YOY(value) < 10%, 2)": lambda s, p, g: every(
        [yoy_below(s, p - k, g, 10_000_000) for k in (0, 1)]
    ),
    "LASTYEAR(PREVIOUS(value)) > 0": lambda s, p, g: less(
        0, None if year_before(p, g) is None else at(s, year_before(p, g) - 1)
    ),
}


def test_a_week_53_has_no_partner_because_none_follows_another():
    for year in range(1900, 2200):
        weeks = [date(each, 12, 28).isocalendar().week for each in (year, year + 1)]
        assert weeks != [53, 53]


@pytest.mark.parametrize("grain", GRAINS)
@pytest.mark.parametrize("source", YEARS)
def test_a_year_before_is_the_period_of_that_label(grain, source):
    formula = compile_formula(source, scope_of(grain)).formula
    assert formula is not None, compile_formula(source, scope_of(grain)).diagnostics
    rng = random.Random(f"{source}{grain}")
    first = period_of(date(2014, 12, 1).toordinal() - date(1970, 1, 1).toordinal(), grain)
    count = {"day": 800, "week": 700, "month": 200, "quarter": 80, "year": 30}[grain]
    values = [None, *(n * 10**6 for n in (-3, 0, 1, 2, 3, 5))]
    points = [
        Point(period, rng.choice(values), None)
        for period in range(first, first + count)
        if rng.random() > 0.05
    ]
    series = {point.period: point for point in points}
    judged = judge_series(formula, formula, points, facts={}, params=NO_PARAMS)
    for each in judged:
        assert each.enter == YEARS[source](series, each.period, grain), label(each.period, grain)
    assert {each.enter for each in judged} == {True, False, None}


def test_days_and_weeks_without_a_partner_are_blank():
    for grain, name in (("day", "2024-02-29"), ("week", "2020-W53"), ("week", "2026-W53")):
        formula = compile_formula("LASTYEAR(value) > 0", scope_of(grain)).formula
        period = parse_label(name, grain)
        points = [Point(each, 1, 1) for each in range(period - 400, period + 1)]
        *_, before, last = judge_series(formula, formula, points, facts={}, params=NO_PARAMS)
        assert (before.enter, last.enter) == (True, None)
