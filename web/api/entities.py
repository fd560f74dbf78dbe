"""Entities: what kinds of records there are and what may be done with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runtime import describe
from web.routes import Routes, signed_in

if TYPE_CHECKING:
    from web.routes import Asked

routes = Routes()


@routes.get("/entities", answer="EntityPage")
@signed_in
def list_entities(asked: Asked) -> dict[str, Any]:
    """The entities the person may read or fill in."""
    with asked.reading() as ctx:
        return {"items": describe.list_entities(ctx), "next": None}


@routes.get("/entities/<name:name>", answer="Entity")
@signed_in
def get_entity(asked: Asked, name: str) -> dict[str, Any]:
    """One entity with its fields and forms."""
    with asked.reading() as ctx:
        return describe.describe_entity(ctx, name)
