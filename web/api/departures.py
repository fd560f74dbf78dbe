"""People who leave: who takes over, and what it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runtime import leaving
from web import payloads
from web.routes import Answer, Routes, signed_in

if TYPE_CHECKING:
    from web.routes import Asked

routes = Routes("people")
DEPARTURE = "/people/<uid:uid>/departure"


@routes.post(DEPARTURE + "/preview", body=payloads.NewDeparture, answer="Departure")
@signed_in
def preview(asked: Asked, uid: str) -> dict[str, Any]:
    """What a person holds and who would get it; nothing is written."""
    with asked.reading() as ctx:
        return leaving.preview(ctx, uid, **_words(asked))


@routes.post(DEPARTURE, body=payloads.NewDeparture, answer="Departure", status=201)
@signed_in
def arrange(asked: Asked, uid: str) -> dict[str, Any]:
    """Have a person leave on a day; at once when the day is here."""
    with asked.writing("departure") as ctx:
        return leaving.arrange(ctx, uid, **_words(asked))


@routes.get(DEPARTURE, answer="Departure")
@signed_in
def arranged(asked: Asked, uid: str) -> dict[str, Any]:
    """What was arranged, with what the person holds now."""
    with asked.reading() as ctx:
        return leaving.arranged(ctx, uid)


@routes.delete(DEPARTURE, status=204)
@signed_in
def take_back(asked: Asked, uid: str) -> Answer:
    """The person stays after all."""
    with asked.writing("departure") as ctx:
        leaving.take_back(ctx, uid)
    return Answer(status=204)


def _words(asked: Asked) -> dict[str, Any]:
    body = asked.body
    return {
        "on": body["on"],
        "successor": body.get("successor"),
        "reassign": body.get("reassign", False),
    }
