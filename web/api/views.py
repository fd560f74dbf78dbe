"""Saved views of lists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runtime import views
from web import payloads
from web.routes import Answer, Routes, signed_in

if TYPE_CHECKING:
    from web.routes import Asked

routes = Routes()
PATH = "/entities/<name:name>/views"


@routes.get(PATH, answer="ViewPage")
@signed_in
def list_views(asked: Asked, name: str) -> dict[str, Any]:
    """One's own views and those shared with one's roles."""
    with asked.reading() as ctx:
        return {"items": views.list_views(ctx, name), "next": None}


@routes.post(PATH, body=payloads.NewView, answer="View", status=201)
@signed_in
def save_view(asked: Asked, name: str) -> dict[str, Any]:
    """Keep a view, for oneself or for one's roles."""
    body = asked.body
    with asked.writing("api") as ctx:
        return views.save_view(ctx, name, body["name"], body["document"], body.get("roles", ()))


@routes.put("/views/<uid:uid>", body=payloads.ViewChange, answer="View")
@signed_in
def change_view(asked: Asked, uid: str) -> dict[str, Any]:
    """Replace a view of one's own; 409 when it was changed meanwhile."""
    body = asked.body
    with asked.writing("api") as ctx:
        return views.change_view(
            ctx,
            uid,
            name=body["name"],
            document=body["document"],
            roles=body.get("roles", ()),
            base_version=body["base_version"],
        )


@routes.delete("/views/<uid:uid>", status=204)
@signed_in
def remove_view(asked: Asked, uid: str) -> Answer:
    """Forget a view."""
    with asked.writing("api") as ctx:
        views.remove_view(ctx, uid)
    return Answer(status=204)
