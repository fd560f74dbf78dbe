"""What concerns me: counters, messages to me, and what is recorded about me."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runtime import act, dossier, read_tasks, viewing
from web.routes import Answer, Routes, own, signed_in
from web.shapes import clock_json

if TYPE_CHECKING:
    from web.routes import Asked

routes = Routes()


@routes.get("/me/summary", answer="Summary")
@signed_in
def summary(asked: Asked) -> dict[str, Any]:
    """The counters on every screen, and whether anything can be saved."""
    writable = not asked.wiring.database.is_full
    with asked.reading() as ctx:
        return {**read_tasks.summary(ctx), "writable": writable} | clock_json(asked.wiring)


@routes.get("/me/views", answer="ViewingPage")
@signed_in
def views(asked: Asked) -> dict[str, Any]:
    """Who looked at records about me, newest first."""
    with asked.reading() as ctx:
        return {"items": viewing.views_of_me(ctx), "next": None}


@routes.post("/me/exports", answer="Work", status=202)
@own
def export(asked: Asked) -> dict[str, Any]:
    """Write down everything that is recorded about me; made as a ZIP."""
    with asked.writing("export") as ctx:
        return dossier.start_own(ctx)


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
