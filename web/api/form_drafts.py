"""Drafts of forms: kept while somebody types, seen by nobody else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runtime import form_drafts
from runtime.errors import NotFound
from runtime.opened import Place
from web import payloads
from web.queries import DraftQuery
from web.routes import Answer, Routes, signed_in

if TYPE_CHECKING:
    from web.routes import Asked

routes = Routes(noun="forms")
PATH = "/form-drafts/<uid:key>"


@routes.get("/form-drafts", query=DraftQuery, answer="FormDraftPage")
@signed_in
def list_drafts(asked: Asked) -> dict[str, Any]:
    """One's own forms that were begun and not sent, newest first."""
    if _is_watched(asked):
        return {"items": [], "next": None}
    with asked.reading() as ctx:
        return {"items": form_drafts.list_drafts(ctx, **asked.query), "next": None}


@routes.get(PATH, answer="FormDraft")
@signed_in
def get_draft(asked: Asked, key: str) -> dict[str, Any]:
    """One's own draft with what was typed."""
    if _is_watched(asked):
        raise NotFound("draft")
    with asked.reading() as ctx:
        return form_drafts.get_draft(ctx, key)


@routes.put(PATH, body=payloads.TypedForm, answer="KeptDraft")
@signed_in
def put_draft(asked: Asked, key: str) -> dict[str, Any]:
    """Keep what was typed, as it is; 409 when it was sent or changed on another device."""
    body = asked.body
    place = Place(
        form=body["form"],
        task=body.get("task"),
        record=body.get("record"),
        record_version=body.get("record_version"),
    )
    with asked.writing("api") as ctx:
        return form_drafts.put_draft(
            ctx, key, body["inputs"], place=place, base_version=body["base_version"]
        )


@routes.delete(PATH, status=204)
@signed_in
def remove_draft(asked: Asked, key: str) -> Answer:
    """Forget a draft."""
    with asked.writing("api") as ctx:
        form_drafts.remove_draft(ctx, key)
    return Answer(status=204)


def _is_watched(asked: Asked) -> bool:
    """Who looks as somebody else does not see what that person has not sent."""
    return asked.session is not None and asked.session.viewed_by is not None
