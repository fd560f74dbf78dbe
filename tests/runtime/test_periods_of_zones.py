"""Periods of zones whose clocks are changed: every instant is in exactly one, by brute force."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from builder.model.others import Calendar
from runtime.decide.calendars import business_day, closes_at, day_starts, last_closed, period_at
from runtime.decide.calendars import period_starts as starts
from runtime.decide.periods import civil, epoch_day

HOUR = 3_600_000_000
STEP = HOUR // 4
# Berlin and New York change at night, Apia left out a whole day, Lord Howe moves by half an hour.
ZONES = {
    "Europe/Berlin": ["2026-03-29", "2026-10-25", "2026-07-01"],
    "America/New_York": ["2026-03-08", "2026-11-01"],
    "Pacific/Apia": ["2011-12-30"],
    "Australia/Lord_Howe": ["2026-04-05", "2026-10-04"],
    "Asia/Shanghai": ["2026-02-28"],
}
DAY_STARTS = ["00:00", "01:45", "02:30", "06:00", "23:00"]


def calendar(zone, day_start, delay=0):
    label = {"zh-CN": "x", "en": "x"}
    return Calendar(
        name="z", label=label, zone=zone, day_start=day_start, close_delay_s=delay, holidays="none"
    )


def instants(on):
    """Every quarter of an hour of the days around a date."""
    middle = epoch_day(datetime.fromisoformat(on).date()) * 24 * HOUR
    return range(middle - 72 * HOUR, middle + 72 * HOUR, STEP)


def first_instant(zone, day, day_start):
    """The first quarter of an hour whose wall clock has reached the start of a business day."""
    hours, minutes = (int(part) for part in day_start.split(":"))
    begins = datetime.combine(civil(day), time()) + timedelta(hours=hours, minutes=minutes)
    at = (day * 24 - 36) * HOUR
    while wall(at, zone) < begins:
        at += STEP
    return at


def wall(at, zone):
    moment = datetime.fromtimestamp(at // 1_000_000, tz=UTC)
    return moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


@pytest.mark.parametrize("day_start", DAY_STARTS)
@pytest.mark.parametrize(("zone", "on"), [(z, on) for z, days in ZONES.items() for on in days])
def test_an_instant_belongs_to_the_day_that_began_last(zone, on, day_start):
    here = calendar(zone, day_start)
    middle = epoch_day(datetime.fromisoformat(on).date())
    begins = {day: first_instant(zone, day, day_start) for day in range(middle - 5, middle + 6)}
    assert {day: day_starts(here, day) for day in begins} == begins
    for at in instants(on):
        assert business_day(here, at) == max(d for d, first in begins.items() if first <= at), at


@pytest.mark.parametrize("grain", ["day", "week", "month", "quarter", "year"])
@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York"])
def test_periods_follow_each_other_without_gap_and_close_after_their_delay(zone, grain):
    here = calendar(zone, "02:30", delay=5400)
    for on in (*ZONES[zone], "2027-01-01", "2024-02-29"):
        for at in instants(on):
            period = period_at(here, at, grain)
            assert starts(here, period, grain) <= at < starts(here, period + 1, grain)
            closed = last_closed(here, at, grain)
            assert closes_at(here, closed, grain) <= at < closes_at(here, closed + 1, grain)
            assert closed < period  # what is in progress is never judged
