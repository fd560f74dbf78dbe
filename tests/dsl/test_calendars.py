"""Working days against counting day by day."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsl.backends.python import Params, program
from dsl.calendars import (
    WEEKDAYS,
    calendar_text,
    parameter_of,
    working_day_after,
    working_days,
)
from dsl.editor_complete import complete
from dsl.formula import compile_formula
from dsl.scope import RowScope
from dsl.values import FIRST_DAY, LAST_DAY, format_value, parse_date

NEAR = st.integers(-80, 80)
weeks = st.sets(st.integers(1, 7))
marks = st.dictionaries(NEAR, st.booleans(), max_size=40)
KNOWN = {"office": "office", "p.nights": "p.nights", "夜班": "p.nights", "Nights": "p.nights"}
SCOPE = RowScope({}, lambda _: None, calendars=KNOWN)


def is_worked(week, marked, day):
    return marked.get(day, (day + 3) % 7 + 1 in week)


@given(weeks, marks, NEAR, NEAR)
def test_working_days_are_what_counting_says(week, marked, start, end):
    count = sum(is_worked(week, marked, day) for day in range(min(start, end), max(start, end) + 1))
    wanted = count if start <= end else -count
    assert working_days(start, end, calendar_text(week, marked)) == wanted


@given(weeks.filter(bool), marks, NEAR, st.integers(-60, 60))
def test_a_working_day_later_is_what_walking_says(week, marked, start, days):
    day, left, step = start, abs(days), 1 if days > 0 else -1
    while left:
        day += step
        left -= is_worked(week, marked, day)
    assert working_day_after(start, days, calendar_text(week, marked)) == day


@pytest.mark.parametrize(
    ("start", "days", "calendar", "found"),
    [
        (LAST_DAY - 1, 1, "1111111", LAST_DAY),
        (LAST_DAY, 1, "1111111", None),
        (FIRST_DAY + 1, -1, "1111111", FIRST_DAY),
        (FIRST_DAY, -1, "1111111", None),
        (0, 2**62, WEEKDAYS, None),
        (0, -(2**62), WEEKDAYS, None),
        (0, 1, "0000000", None),
        (0, -1, "0000000", None),
        (0, 1, "0000000 500", 500),
        (0, 2, "0000000 500", None),
        (900, -1, "0000000 500", 500),
    ],
)
def test_there_are_not_always_that_many(start, days, calendar, found):
    assert working_day_after(start, days, calendar) == found


def answer(source, calendars, **given):
    scope = RowScope({}, lambda _: None, calendars=KNOWN, **given)
    compiled = compile_formula(source, scope)
    assert compiled.formula is not None, compiled.diagnostics
    outcome = program(compiled.formula).evaluate({}, Params(calendars=calendars))
    return format_value(outcome.value, compiled.formula.type), outcome.reason


def test_the_calendar_is_the_one_named_or_that_of_the_place():
    nights = {parameter_of("p.nights"): "0000011", parameter_of("office"): WEEKDAYS}
    week = "NETWORKDAYS(2026-03-02, 2026-03-08"
    assert answer(f"{week})", nights)[0] == "5"
    assert answer(f"{week})", nights, calendar="p.nights")[0] == "2"
    assert answer(f"{week}, 'office')", nights, calendar="p.nights")[0] == "5"
    assert answer(f"{week}, '夜班')", nights)[0] == "2"
    assert answer(f"{week})", {}) == (None, "DSL209"), "no calendar was given"


def test_a_calendar_is_written_by_its_key():
    formula = compile_formula("WORKDAY(2026-03-02, 1, '夜班')", SCOPE).formula
    assert formula.canonical == "WORKDAY(2026-03-02, 1, 'p.nights')"
    assert formula.needs.params == {parameter_of("p.nights")}
    assert formula.hash != compile_formula("WORKDAY(2026-03-02, 1)", SCOPE).formula.hash


def test_an_unknown_calendar_is_refused_with_the_nearest_name():
    (problem,) = compile_formula("ISWORKDAY(2026-03-02, 'ofice')", SCOPE).diagnostics
    assert (problem.code, problem.fix.replacement) == ("DSL134", "'office'")
    (problem,) = compile_formula("ISWORKDAY(2026-03-02, '耶班')", SCOPE).diagnostics
    assert (problem.code, problem.fix.replacement) == ("DSL134", "'夜班'"), "a homophone"
    (problem,) = compile_formula("ISWORKDAY(2026-03-02, 1)", SCOPE).diagnostics
    assert problem.code == "DSL135"


def test_the_days_around_the_epoch_are_those_of_the_almanac():
    monday = parse_date("2026-03-02")
    assert [working_days(d, d, WEEKDAYS) for d in range(monday, monday + 7)] == [1] * 5 + [0] * 2


@pytest.mark.parametrize(
    ("text", "proposed"),
    [
        ("ISWORKDAY(2026-03-02, '", ["'office'", "'p.nights'"]),
        ("ISWORKDAY(2026-03-02, 'ye", ["'p.nights'"]),
        ("WORKDAY(2026-03-02, 1, off", ["'office'"]),
        ("WORKDAY(2026-03-02, '", []),
    ],
)
def test_the_calendars_are_proposed_where_one_is_named(text, proposed):
    items = complete(text, len(text), SCOPE).items
    assert [item.text for item in items if item.kind == "option"] == proposed
