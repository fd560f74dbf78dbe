"""Working days and holidays of calendars, as people mark them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runtime import marked_days
from web import payloads, queries
from web.routes import Routes, admin

if TYPE_CHECKING:
    from web.routes import Asked

routes = Routes()
DAYS = "/calendars/<name:name>/days"


@routes.get("/calendars", answer="CalendarPage")
@admin
def listed(asked: Asked) -> dict[str, Any]:
    """The calendars."""
    with asked.reading() as ctx:
        return {"items": marked_days.list_calendars(ctx), "next": None}


@routes.get(DAYS, query=queries.CalendarQuery, answer="CalendarYear")
@admin
def days(asked: Asked, name: str) -> dict[str, Any]:
    """The days of a year that differ from the week: holidays, make-up days, marked ones."""
    with asked.reading() as ctx:
        return marked_days.year_of(ctx, name, asked.query["year"])


@routes.put(DAYS, body=payloads.CalendarDays, answer="CalendarYear")
@admin
def mark(asked: Asked, name: str) -> dict[str, Any]:
    """Make these the marked days of a year; what counts working days is measured anew."""
    body = asked.body
    with asked.writing("calendar days") as ctx:
        return marked_days.mark_year(
            ctx, name, body["year"], body["days"], version=body.get("version")
        )
