"""What concerns me: counters, and messages to me."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dsl.values import format_datetime
from runtime import act, read_tasks
from runtime.clock import BusinessClock
from web.routes import Answer, Routes, signed_in

if TYPE_CHECKING:
    from web.routes import Asked

routes = Routes()


@routes.get("/me/summary", answer="Summary")
@signed_in
def summary(asked: Asked) -> dict[str, Any]:
    """The counters on every screen."""
    clock = asked.wiring.clock
    with asked.reading() as ctx:
        counts: dict[str, Any] = read_tasks.summary(ctx)
        now = ctx.now
    factor = clock.factor if isinstance(clock, BusinessClock) else 1
    if factor != 1:  # the wall clock does not say what time it is here
        counts |= {"now": format_datetime(now), "clock_factor": factor}
    return counts


@routes.get("/notices", answer="NoticePage")
@signed_in
def notices(asked: Asked) -> dict[str, Any]:
    """My inbox, newest first."""
    if asked.renderer is None:
        return {"items": [], "next": None}
    with asked.reading() as ctx:
        return read_tasks.my_notices(ctx, asked.renderer)


@routes.post("/notices/<uid:uid>/read", status=204)
@signed_in
def read_notice(asked: Asked, uid: str) -> Answer:
    """I have read it."""
    with asked.writing("api") as ctx:
        act.read_notice(ctx, uid)
    return Answer(status=204)
