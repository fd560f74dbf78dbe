"""Incidents and the audit log: what failed, and whether the book still holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runtime import watch
from web.routes import Answer, Routes, admin

if TYPE_CHECKING:
    from web.routes import Asked

routes = Routes()


@routes.get("/incidents", answer="IncidentPage")
@admin
def list_incidents(asked: Asked) -> dict[str, Any]:
    """What needs a person, newest first."""
    with asked.reading() as ctx:
        return {"items": watch.list_incidents(ctx), "next": None}


@routes.post("/incidents/<uid:uid>/retry", status=204)
@admin
def retry(asked: Asked, uid: str) -> Answer:
    """Try again what failed."""
    with asked.writing("api") as ctx:
        watch.retry_incident(ctx, uid)
    return Answer(status=204)


@routes.get("/audit/verify", answer="AuditVerified")
@admin
def verify_audit(asked: Asked) -> dict[str, Any]:
    """Whether every entry of the audit log is still the one that was written."""
    with asked.reading() as ctx:
        return watch.verify_audit(ctx)
