"""Values to and from text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsl import types as t
from dsl import values
from dsl.types import INT64_MAX


@pytest.mark.parametrize(
    ("text", "scale", "raw"),
    [
        ("1.5", 4, 15_000),
        ("-0.00005", 4, -1),
        ("0.00004", 4, 0),
        ("2.5", 0, 3),
        ("-2.5", 0, -3),
        ("+7", 0, 7),
        ("007", 2, 700),
        ("9223372036854775807", 0, INT64_MAX),
    ],
)
def test_number_is_read_and_rounded(text, scale, raw):
    assert values.parse_number(text, scale) == raw


@pytest.mark.parametrize(
    "text", ["", "1e3", "1,000", "NaN", "Infinity", "0x1", "１", "1.", ".5", "9" * 19, "1 2"]
)
def test_what_is_no_plain_number_is_refused(text):
    with pytest.raises(ValueError, match="number"):
        values.parse_number(text, 0)


@given(st.integers(-INT64_MAX, INT64_MAX), st.integers(0, 8))
def test_number_survives_text(raw, scale):
    assert values.parse_number(values.format_number(raw, scale), scale) == raw


@pytest.mark.parametrize(
    ("raw", "scale", "decimals", "text"),
    [
        (93_200_000, 8, None, "0.932"),
        (-5, 4, None, "-0.0005"),
        (0, 6, None, "0"),
        (12_345, 4, 2, "1.23"),
        (12_350, 4, 2, "1.24"),
        (-12_350, 4, 2, "-1.24"),
        (1, 0, 3, "1.000"),
    ],
)
def test_number_is_written_plainly(raw, scale, decimals, text):
    assert values.format_number(raw, scale, decimals=decimals) == text


@given(st.integers(values.FIRST_DAY, values.LAST_DAY))
def test_date_survives_text(day):
    assert values.parse_date(values.format_date(day)) == day


@pytest.mark.parametrize("text", ["2026-02-30", "20260208", "2026-2-8", "", "2026-02-08T00:00"])
def test_what_is_no_date_is_refused(text):
    with pytest.raises(ValueError, match=r"."):
        values.parse_date(text)


def test_instant_needs_an_offset_or_a_zone():
    with pytest.raises(ValueError, match="offset"):
        values.parse_datetime("2026-02-08T09:00:00")
    with_zone = values.parse_datetime("2026-02-08T09:00:00", zone="Asia/Shanghai")
    assert with_zone == values.parse_datetime("2026-02-08T09:00:00+08:00")
    assert values.format_datetime(with_zone) == "2026-02-08T01:00:00Z"
    assert values.format_datetime(with_zone, zone="Asia/Shanghai") == "2026-02-08T09:00:00+08:00"
    assert values.local_day(with_zone, "UTC") == values.parse_date("2026-02-08")


@given(st.integers(values.FIRST_INSTANT, values.LAST_INSTANT))
def test_instant_survives_text(raw):
    assert values.parse_datetime(values.format_datetime(raw)) == raw


@given(st.integers(-(10**15), 10**15))
def test_duration_survives_text(raw):
    assert values.parse_duration(values.format_duration(raw)) == raw


@pytest.mark.parametrize(
    ("text", "raw"), [("PT8H", 8 * 3600 * 10**6), ("P1W", 7 * values.DAY_US), ("PT0.5S", 500_000)]
)
def test_duration_is_read(text, raw):
    assert values.parse_duration(text) == raw


@pytest.mark.parametrize("text", ["P", "PT", "8H", "P1M", "P1Y", "PT1.5H", ""])
def test_what_is_no_duration_is_refused(text):
    with pytest.raises(ValueError, match="duration"):
        values.parse_duration(text)


def test_any_value_has_a_text():
    assert values.format_value(None, t.Text()) is None
    assert values.format_value(True, t.Boolean()) == "true"
    assert values.format_value(5, t.Reference("x")) == "5"
    assert values.format_value("a", t.Choice(())) == "a"


@given(st.integers(-(10**30), 10**30), st.integers(-(10**12), 10**12).filter(bool))
def test_division_is_exact_and_rounds_ties_away(a, b):
    quotient = values.div_half_away(a, b)
    assert abs(2 * (quotient * b - a)) <= abs(b)
    if abs(2 * (quotient * b - a)) == abs(b):
        assert abs(quotient * b) > abs(a)
