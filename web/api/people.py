"""The data of one person over all entities: exported for him, erased for good."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runtime import dossier, erase
from web import payloads
from web.routes import Routes, admin, signed_in

if TYPE_CHECKING:
    from web.routes import Asked

routes = Routes()
PERSON = "/people/<uid:uid>"


@routes.post(PERSON + "/exports", answer="Work", status=202)
@signed_in
def export(asked: Asked, uid: str) -> dict[str, Any]:
    """Write down everything about oneself, or as administrator about anybody; made as a ZIP."""
    with asked.writing("export") as ctx:
        return dossier.start(ctx, uid)


@routes.get(PERSON + "/erasure", answer="ErasurePreview")
@admin
def preview_erasure(asked: Asked, uid: str) -> dict[str, Any]:
    """What would be erased of a person, by entity; what is shown is what consent is given for."""
    with asked.reading() as ctx:
        return erase.preview(ctx, uid)


@routes.post(PERSON + "/erasure", body=payloads.Erasure, answer="Work", status=202)
@admin
def erase_person(asked: Asked, uid: str) -> dict[str, Any]:
    """Erase a person's data in the background, for a reason; there is no way back."""
    body = asked.body
    with asked.writing("erase") as ctx:
        return erase.start(ctx, uid, reason=body["reason"], consent=body["consent"])
