"""Alerts: what fired, and what people say to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runtime import act, read_tasks
from web import payloads, queries
from web.routes import Answer, Routes, signed_in

if TYPE_CHECKING:
    from web.routes import Asked

routes = Routes()


@routes.get("/alerts", query=queries.AlertQuery, answer="AlertPage")
@signed_in
def list_alerts(asked: Asked) -> dict[str, Any]:
    """The alerts I was told of or whose subject I may read, newest first."""
    with asked.reading() as ctx:
        return read_tasks.my_alerts(ctx, state=asked.query.get("state", "open"))


@routes.get("/alerts/<uid:uid>", answer="Alert")
@signed_in
def get_alert(asked: Asked, uid: str) -> dict[str, Any]:
    """One alert with its evidence."""
    with asked.reading() as ctx:
        return read_tasks.get_alert(ctx, uid)


@routes.post("/alerts/<uid:uid>/acknowledge", status=204)
@signed_in
def acknowledge(asked: Asked, uid: str) -> Answer:
    """I have seen it."""
    with asked.writing("api") as ctx:
        act.acknowledge(ctx, uid)
    return Answer(status=204)


@routes.post("/alerts/<uid:uid>/feedback", body=payloads.Feedback, status=204)
@signed_in
def feedback(asked: Asked, uid: str) -> Answer:
    """It was right, or a false alarm."""
    with asked.writing("api") as ctx:
        act.give_feedback(ctx, uid, asked.body["verdict"])
    return Answer(status=204)
