"""The days of a calendar that people mark as worked or free, a year at a time."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import TYPE_CHECKING, Any

from dsl.diagnostics import Diagnostic
from dsl.values import format_date, parse_date
from runtime.decide.calendars import Days, day_kind
from runtime.decide.periods import civil, epoch_day
from runtime.enabling import calendar_changed
from runtime.errors import Conflicting, Invalid, NotFound
from runtime.org import require_admin
from store import audit, calendar_days

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from builder.model.others import Calendar
    from runtime.context import Context

Json = dict[str, Any]


def list_calendars(ctx: Context) -> list[Json]:
    """Every calendar, and the weekdays that are worked in it."""
    return [
        {"name": c.name, "label": dict(c.label), "zone": c.zone, "workdays": list(c.workdays)}
        for c in ctx.catalog.calendars.values()
    ]


def year_of(ctx: Context, name: str, year: int) -> Json:
    """The days of a year that differ from the week, who says so, and what they are unmarked.

    The `version` names the marks that were seen.

    Raises:
        NotFound: there is no such calendar.
    """
    calendar = _calendar(ctx, name)
    marked = _marked(ctx, name, year)
    days, unmarked = Days(calendar, marked), Days(calendar)
    kinds = {day: day_kind(days, day) for day in _year(year)}
    return {
        "calendar": name,
        "year": year,
        "version": _version(marked),
        "holidays_known": all(kind.source != "unknown_year" for kind in kinds.values()),
        "items": [
            {
                "day": format_date(day),
                "workday": kind.workday,
                "source": kind.source,
                "unmarked": day_kind(unmarked, day).workday,
            }
            for day, kind in kinds.items()
            if kind.source == "table" or kind.workday != _in_week(calendar, day)
        ],
    }


def mark_year(
    ctx: Context, name: str, year: int, days: Mapping[str, bool], *, version: str | None = None
) -> Json:
    """Make these the marked days of a year, all others follow the calendar again.

    What counts working days in it is measured anew.

    Raises:
        NotFound: there is no such calendar.
        Invalid: with every text that is no day of the year.
        Conflicting: others are marked by now than in the version named.
    """
    require_admin(ctx)
    _calendar(ctx, name)
    given = _read(year, days)
    ctx.uow.rev()  # who marks at the same moment waits, and then sees these marks
    known = _marked(ctx, name, year)
    if version is not None and version != _version(known):
        raise Conflicting(Diagnostic("RUN152", {"year": str(year)}, pointer="/version"))
    for day in known.keys() - given.keys():
        calendar_days.clear(ctx.uow, name, day)
    changed = {day: worked for day, worked in given.items() if known.get(day) is not worked}
    for day, worked in changed.items():
        calendar_days.put(ctx.uow, name, day, workday=worked, source=ctx.actor.name)
    if known != given:
        days = {format_date(day): worked for day, worked in sorted(given.items())}
        detail = {"year": year, "days": days}
        audit.append(
            ctx.uow,
            actor=ctx.actor.name,
            action="calendar.days",
            target=f"calendar {name}",
            detail=detail,
            at=ctx.now,
        )
        calendar_changed(ctx, name)
    return year_of(ctx, name, year)


def _calendar(ctx: Context, name: str) -> Calendar:
    found = ctx.catalog.calendars.get(name)
    if found is None:
        raise NotFound(f"calendar {name}")
    return found


def _marked(ctx: Context, name: str, year: int) -> dict[int, bool]:
    marked = calendar_days.table_of(ctx.uow, name)
    return {day: marked[day] for day in _year(year) if day in marked}


def _version(marked: Mapping[int, bool]) -> str:
    return hashlib.sha256(repr(sorted(marked.items())).encode()).hexdigest()[:16]


def _year(year: int) -> range:
    return range(epoch_day(date(year, 1, 1)), epoch_day(date(year, 12, 31)) + 1)


def _in_week(calendar: Calendar, day: int) -> bool:
    return civil(day).isoweekday() in calendar.workdays


def _read(year: int, days: Mapping[str, bool]) -> dict[int, bool]:
    problems = list(_problems(year, days))
    if problems:
        raise Invalid(*problems)
    return {parse_date(text): worked for text, worked in days.items()}


def _problems(year: int, days: Mapping[str, bool]) -> Iterator[Diagnostic]:
    for text in days:
        try:
            day = parse_date(text)
        except ValueError:
            yield Diagnostic("RUN150", {"day": text[:40]}, pointer=f"/days/{text[:40]}")
            continue
        if day not in _year(year):
            args = {"day": text, "year": str(year)}
            yield Diagnostic("RUN151", args, pointer=f"/days/{text}")
