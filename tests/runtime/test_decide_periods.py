"""Periods are dense, contiguous and named."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.decide.periods import (
    GRAINS,
    civil,
    epoch_day,
    first_day,
    label,
    last_day,
    parse_label,
    period_of,
)

days = st.integers(-700_000, 2_900_000)


@given(day=days, grain=st.sampled_from(GRAINS))
def test_each_day_lies_in_exactly_one_period(day, grain):
    period = period_of(day, grain)
    assert first_day(period, grain) <= day <= last_day(period, grain)
    assert last_day(period, grain) + 1 == first_day(period + 1, grain)
    assert period_of(last_day(period, grain), grain) == period


@given(day=st.integers(-300_000, 2_900_000), grain=st.sampled_from(GRAINS))
def test_a_label_names_its_period(day, grain):
    period = period_of(day, grain)
    assert parse_label(label(period, grain), grain) == period


@pytest.mark.parametrize(
    ("day", "grain", "text"),
    [
        ("2026-02-08", "day", "2026-02-08"),
        ("2026-02-08", "week", "2026-W06"),
        ("2026-12-31", "week", "2026-W53"),
        ("2027-01-03", "week", "2026-W53"),
        ("2027-01-04", "week", "2027-W01"),
        ("2024-02-29", "month", "2024-02"),
        ("2026-06-30", "quarter", "2026-Q2"),
        ("2026-06-30", "year", "2026"),
    ],
)
def test_labels_as_people_write_them(day, grain, text):
    assert label(period_of(epoch_day(date.fromisoformat(day)), grain), grain) == text


def test_the_numbers_of_the_contract():
    assert period_of(0, "week") == 0
    assert period_of(4, "week") == 1
    assert period_of(-4, "week") == -1
    day = epoch_day(date(2026, 3, 15))
    assert period_of(day, "month") == 2026 * 12 + 2
    assert period_of(day, "quarter") == 2026 * 4
    assert civil(day) == date(2026, 3, 15)


@pytest.mark.parametrize(
    ("text", "grain"),
    [("2026-13", "month"), ("2026-Q5", "quarter"), ("2026-W54", "week"), ("x", "year")],
)
def test_a_label_of_nothing_is_refused(text, grain):
    with pytest.raises(ValueError, match=r".+"):
        parse_label(text, grain)
