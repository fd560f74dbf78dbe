"""Days of a calendar that people marked as worked or free."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from store import conflict
from store.tables import calendar_day

if TYPE_CHECKING:
    from store.unit import UnitOfWork


def table_of(uow: UnitOfWork, calendar: str) -> dict[int, bool]:
    """Marked days by epoch day: whether they are worked."""
    rows = uow.execute(
        select(calendar_day.c.day, calendar_day.c.workday).where(
            calendar_day.c.calendar == calendar
        )
    )
    return {row.day: bool(row.workday) for row in rows}


def put(uow: UnitOfWork, calendar: str, day: int, *, workday: bool, source: str) -> None:
    """Mark a day; `source` says who says so."""
    key = {"calendar": calendar, "day": day}
    conflict.put(uow, calendar_day, key, {"workday": workday, "source": source})


def clear(uow: UnitOfWork, calendar: str, day: int) -> None:
    """The day follows the calendar again."""
    mine = (calendar_day.c.calendar == calendar, calendar_day.c.day == day)
    uow.execute(delete(calendar_day).where(*mine))
