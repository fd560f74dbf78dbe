"""Bring a catalog from one instance to another: its files out, a plan, its files in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runtime import environments
from runtime.environments import Pushed
from runtime.impact import impact_of
from web import payloads
from web.plans import impact_json, published_json
from web.routes import Routes, admin

if TYPE_CHECKING:
    from web.routes import Asked

routes = Routes()


@routes.get("/definitions/files", answer="PulledFiles")
@admin
def pull(asked: Asked) -> dict[str, Any]:
    """Everything defined as files by path, a folder per pack; the same catalog, the same bytes."""
    with asked.reading() as ctx:
        files = environments.definition_files(ctx)
        return {"files": environments.as_texts(files), "revision": ctx.catalog.revision}


@routes.post("/definitions/push/plan", body=payloads.Push, answer="Impact")
@admin
def plan_push(asked: Asked) -> dict[str, Any]:
    """What a push would do, and what it needs consent for."""
    manifests = asked.wiring.connectors.manifests()
    with asked.reading() as ctx:
        _, checked = environments.plan_push(ctx, _pushed(asked), manifests=manifests)
        return impact_json(impact_of(ctx, checked), asked.language)


@routes.post("/definitions/push", body=payloads.Push, answer="Installed")
@admin
def push(asked: Asked) -> dict[str, Any]:
    """Publish these files, all or none; `delete` also takes away what they do not have."""
    return published_json(environments.push(asked.wiring, _pushed(asked), actor=asked.actor))


def _pushed(asked: Asked) -> Pushed:
    body = asked.body
    return Pushed(
        environments.as_bytes(body["files"]),
        delete=body.get("delete", False),
        consent=frozenset(body.get("consent", ())),
        note=body.get("note", ""),
    )
