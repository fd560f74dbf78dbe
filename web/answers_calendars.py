"""The shapes of answers about calendars."""

from __future__ import annotations

from typing import TYPE_CHECKING

from web.answer_parts import FLAG, INTEGER, TEXT, VALUES, many, page, thing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from web.answer_parts import Shape

CALENDARS: Mapping[str, Shape] = {
    "Calendar": thing(name=TEXT, label=VALUES, zone=TEXT, workdays=many(INTEGER)),
    "CalendarPage": page("Calendar"),
    "CalendarYear": thing(
        calendar=TEXT,
        year=INTEGER,
        version=TEXT,
        holidays_known=FLAG,
        items=many(thing(day=TEXT, workday=FLAG, source=TEXT, unmarked=FLAG)),
    ),
}
