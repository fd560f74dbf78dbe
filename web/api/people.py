"""The data of one person over all entities: exported for him, erased for good."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runtime import dossier
from web.routes import Routes, signed_in

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
