"""Forms: what they ask, and what becomes of the answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runtime import choosing, describe
from runtime.errors import Invalid
from runtime.opened import Place
from runtime.prefill import last_sent
from runtime.submit import submit_form
from web import payloads
from web.routes import Routes, signed_in

if TYPE_CHECKING:
    from web.routes import Asked

routes = Routes()


@routes.get("/forms/<name:name>", answer="Form")
@signed_in
def get_form(asked: Asked, name: str) -> dict[str, Any]:
    """A form with its fields, layout and rules."""
    with asked.reading() as ctx:
        return describe.describe_form(ctx, name)


@routes.get("/forms/<name:name>/last", answer="LastSent")
@signed_in
def get_last(asked: Asked, name: str) -> dict[str, Any]:
    """What the same person sent last with this form's entity, to start from."""
    with asked.reading() as ctx:
        return last_sent(ctx, name)


@routes.post("/forms/<name:name>/choices", body=payloads.Choosing, answer="LookupPage")
@signed_in
def get_choices(asked: Asked, name: str) -> dict[str, Any]:
    """Records for a picker of the form: those that its filters and one's rights let see."""
    body = asked.body
    place = Place(form=name, task=body.get("task"), record=body.get("record"))
    with asked.reading() as ctx:
        return {"items": choosing.choices(ctx, place, body), "next": None}


@routes.post(
    "/forms/<name:name>/submissions", body=payloads.Submission, answer="Submitted", status=201
)
@signed_in
def submit(asked: Asked, name: str) -> dict[str, Any]:
    """Send a form; the same key again changes nothing and gives the same answer."""
    with asked.writing(f"form:{name}") as ctx:
        submitted = submit_form(ctx, name, asked.body["values"], key=asked.body["key"])
    if isinstance(submitted, list):
        raise Invalid(*submitted)
    return {"record_uid": submitted.record_uid, "entity": submitted.entity}
