"""Business dates, working time and closings, in summer time and across holidays."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.model.others import Calendar
from dsl.calendars import working_day_after, working_days
from runtime.decide.calendars import (
    HOUR,
    OFFICE,
    Days,
    business_day,
    calendar_of,
    closes_at,
    day_kind,
    day_starts,
    deadline,
    instant,
    last_closed,
    next_every,
    period_at,
    period_starts,
    working_days_of,
)
from runtime.decide.periods import GRAINS, civil, epoch_day, parse_label

LABEL = {"en": "x"}
OFFICE_HOURS = Calendar(name="o", label=LABEL, shifts=(("09:00", "12:00"), ("13:00", "18:00")))
NIGHTS = Calendar(
    name="n", label=LABEL, day_start="08:00", workdays=(1, 2, 3, 4, 5, 6, 7),
    shifts=(("20:00", "08:00"),), holidays="none",
)  # fmt: skip
ROUND_THE_CLOCK = Calendar(name="s", label=LABEL, workdays=(1, 2, 3, 4, 5, 6, 7), holidays="none")
NEW_YORK = Calendar(name="y", label=LABEL, zone="America/New_York", holidays="none")


def at(text, zone="+08:00"):
    moment = datetime.fromisoformat(text + zone)
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def day(text):
    return epoch_day(date.fromisoformat(text))


def test_a_night_shift_belongs_to_the_day_it_began():
    assert business_day(NIGHTS, at("2026-03-02T07:59:59")) == day("2026-03-01")
    assert business_day(NIGHTS, at("2026-03-02T08:00:00")) == day("2026-03-02")
    assert business_day(OFFICE, at("2026-03-01T16:00:00", "+00:00")) == day("2026-03-02")


def test_a_week_closes_after_its_delay():
    week = parse_label("2026-W06", "week")
    assert period_starts(OFFICE, week, "week") == at("2026-02-02T00:00:00")
    assert closes_at(OFFICE, week, "week") == at("2026-02-09T00:10:00")
    assert last_closed(OFFICE, at("2026-02-09T00:09:59"), "week") == week - 1
    assert last_closed(OFFICE, at("2026-02-09T00:10:00"), "week") == week
    assert period_at(OFFICE, at("2026-02-08T23:59:59"), "week") == week


def test_a_delay_longer_than_a_period_waits_for_it():
    slow = replace(OFFICE, close_delay_s=3 * 86_400)
    assert last_closed(slow, at("2026-02-09T00:00:00"), "day") == day("2026-02-05")


@given(moment=st.integers(0, 4_000_000_000), grain=st.sampled_from(GRAINS))
def test_the_last_closed_period_is_the_last_one(moment, grain):
    for calendar in (NIGHTS, NEW_YORK):
        now = moment * 1_000_000
        period = last_closed(calendar, now, grain)
        assert closes_at(calendar, period, grain) <= now < closes_at(calendar, period + 1, grain)


def test_wall_times_that_do_not_exist_and_that_exist_twice():
    zone = "America/New_York"
    gap = instant(datetime.fromisoformat("2026-03-08T02:30"), zone)
    assert gap == at("2026-03-08T07:00:00", "+00:00")
    fold = instant(datetime.fromisoformat("2026-11-01T01:30"), zone)
    assert fold == at("2026-11-01T05:30:00", "+00:00")
    with pytest.raises(ValueError, match="zone"):
        instant(datetime(2026, 1, 1, tzinfo=UTC), zone)
    assert day_starts(NEW_YORK, day("2026-03-08")) == at("2026-03-08T05:00:00", "+00:00")


def test_holidays_exchanged_days_and_years_nobody_published():
    days = Days(OFFICE_HOURS)
    kinds = {
        "2026-02-16": (False, "holidays"),  # spring festival
        "2026-02-14": (True, "holidays"),  # a Saturday worked for it
        "2026-01-10": (False, "holidays"),  # a plain Saturday
        "2026-01-12": (True, "holidays"),
        "2031-01-01": (True, "unknown_year"),  # a Wednesday: the weekday rule, with a warning
    }
    found = {text: day_kind(days, day(text)) for text in kinds}
    assert {t: (k.workday, k.source) for t, k in found.items()} == kinds


def test_the_day_table_beats_the_calendar_and_the_calendar_beats_holidays():
    calendar = replace(OFFICE_HOURS, days={"2026-02-16": True})
    assert day_kind(Days(calendar), day("2026-02-16")).source == "calendar"
    table = Days(calendar, {day("2026-02-16"): False})
    assert day_kind(table, day("2026-02-16")) == day_kind(table, day("2026-02-16"))
    assert not day_kind(table, day("2026-02-16")).workday
    assert day_kind(Days(NIGHTS), day("2026-02-16")).source == "weekday"


@pytest.mark.parametrize(
    ("calendar", "start", "hours", "due"),
    [
        (ROUND_THE_CLOCK, "2026-03-02T09:00:00", 12, "2026-03-02T21:00:00"),
        (ROUND_THE_CLOCK, "2026-02-16T20:00:00", 12, "2026-02-17T08:00:00"),
        (OFFICE_HOURS, "2026-03-02T11:00:00", 2, "2026-03-02T14:00:00"),
        (OFFICE_HOURS, "2026-03-06T17:00:00", 2, "2026-03-09T10:00:00"),
        (OFFICE_HOURS, "2026-03-06T12:30:00", 5, "2026-03-06T18:00:00"),
        (OFFICE_HOURS, "2026-02-13T17:00:00", 2, "2026-02-14T10:00:00"),
        (NIGHTS, "2026-03-02T09:00:00", 12, "2026-03-03T08:00:00"),
        (NIGHTS, "2026-03-02T03:00:00", 6, "2026-03-02T21:00:00"),
        (OFFICE_HOURS, "2026-03-02T09:30:00", 0, "2026-03-02T09:30:00"),
    ],
)
def test_deadlines_count_working_time(calendar, start, hours, due):
    assert deadline(Days(calendar), at(start), hours).due_at == at(due)


def test_a_deadline_says_which_years_it_guessed():
    found = deadline(Days(OFFICE_HOURS), at("2026-12-31T17:00:00"), 2)
    assert found.due_at == at("2027-01-01T10:00:00")
    assert found.unknown_years == (2027,)


def test_a_calendar_without_working_time_has_no_deadline():
    with pytest.raises(ValueError, match="no working time"):
        deadline(Days(replace(OFFICE_HOURS, workdays=(), holidays="none")), 0, 1)


def test_a_shift_that_begins_before_the_day_starts_belongs_to_the_day_before():
    early = replace(NIGHTS, shifts=(("00:00", "08:00"), ("20:00", "24:00")))
    assert deadline(Days(early), at("2026-03-02T21:00:00"), 4).due_at == at("2026-03-03T01:00:00")


@given(start=st.integers(0, 10**9), hours=st.integers(1, 200))
def test_round_the_clock_is_plain_addition(start, hours):
    now = at("2026-01-01T00:00:00") + start
    assert deadline(Days(ROUND_THE_CLOCK), now, hours).due_at == now + hours * HOUR


def test_an_interval_keeps_its_grid():
    assert next_every(300, 0).at == 300_000_000
    assert next_every(300, 300_000_000).at == 600_000_000
    assert next_every(300, 299_999_999).label == "300"


def test_a_name_nobody_defined_is_the_office_calendar():
    assert calendar_of({"o": OFFICE_HOURS}, "o") is OFFICE_HOURS
    assert calendar_of({}, "gone") is OFFICE


def test_formulas_count_the_days_that_deadlines_count():
    """With holidays, make-up days, days of the calendar and days that people marked."""
    own = {"2025-10-09": False, "2026-02-01": True}
    calendar = replace(OFFICE_HOURS, workdays=(1, 2, 3, 4, 6), days=own)
    for days in (
        Days(OFFICE),
        Days(NIGHTS, {20_000: False}),
        Days(calendar, {epoch_day(date(2025, 10, 10)): False, epoch_day(date(2031, 1, 1)): False}),
    ):
        text = working_days_of(days)
        for day in range(epoch_day(date(2003, 1, 1)), epoch_day(date(2032, 1, 1))):
            assert working_days(day, day, text) == day_kind(days, day).workday, civil(day)


def test_make_up_days_are_working_days():
    """National Day 2025: eight days off for a Sunday and a Saturday that are worked."""
    text = working_days_of(Days(OFFICE))
    first, last = epoch_day(date(2025, 9, 28)), epoch_day(date(2025, 10, 11))
    assert working_days(first, last, text) == 6
    assert working_day_after(epoch_day(date(2025, 9, 30)), 1, text) == last - 2
    assert working_day_after(last + 2, -1, text) == last
