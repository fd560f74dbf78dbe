"""Public links: made and ended by administrators, used by whoever holds the token."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dsl.values import format_datetime
from runtime import links
from runtime.errors import Invalid, NotFound
from web import payloads
from web.api.files import FORM, take
from web.routes import Routes, admin, link_holder

if TYPE_CHECKING:
    from runtime.links import Link
    from web.routes import Asked

routes = Routes()


@routes.get("/forms/<name:name>/links", answer="LinkPage")
@admin
def list_links(asked: Asked, name: str) -> dict[str, Any]:
    """The public links to a form, ended ones included."""
    with asked.reading() as ctx:
        return {"items": [_shown(link) for link in links.links_of(ctx, name)], "next": None}


@routes.post("/forms/<name:name>/links", body=payloads.NewLink, answer="MadeLink", status=201)
@admin
def make_link(asked: Asked, name: str) -> dict[str, Any]:
    """Make a public link; its address and QR code are shown this once."""
    body = asked.body
    with asked.writing("api") as ctx:
        made = links.make(
            ctx,
            name,
            label=body["label"],
            terms=links.Terms(
                days=body["days"],
                fixed=body.get("fixed") or {},
                per_minute=body.get("per_minute"),
                most=body.get("most"),
            ),
            base_url=asked.wiring.settings.base_url,
        )
    return {**_shown(made.link), "url": made.url, "qr_svg": made.qr_svg}


@routes.delete("/forms/<name:name>/links/<uid:uid>", status=204)
@admin
def end_link(asked: Asked, name: str, uid: str) -> None:
    """End a public link at once."""
    with asked.writing("api") as ctx:
        links.revoke(ctx, name, uid)


@routes.get("/public/<token:token>", answer="Form")
@link_holder
def open_form(asked: Asked, token: str) -> dict[str, Any]:
    """The form of a public link."""
    del token
    with asked.reading() as ctx:
        return links.describe(ctx, _link(asked))


@routes.post(
    "/public/<token:token>/submissions", body=payloads.Submission, answer="Received", status=201
)
@link_holder
def send_form(asked: Asked, token: str) -> dict[str, Any]:
    """Send the form of a public link; the same key again changes nothing."""
    del token
    link = _link(asked)
    links.allow_send(asked.wiring, link)
    with asked.writing(f"link:{link.uid}") as ctx:
        sent = links.submit(ctx, link, asked.body["values"], key=asked.body["key"])
    if isinstance(sent, list):
        raise Invalid(*sent)
    return {"record_uid": sent.record_uid}


@routes.post("/public/<token:token>/files", upload=FORM, answer="File", status=201)
@link_holder
def send_file(asked: Asked, token: str) -> dict[str, Any]:
    """Keep a file until the form of the link is sent."""
    del token
    return take(asked)


def _link(asked: Asked) -> Link:
    if asked.link is None:
        raise NotFound("link")
    return asked.link


def _shown(link: Link) -> dict[str, Any]:
    ended = link.real_revoked
    return {
        "uid": link.uid,
        "form": link.form,
        "label": link.label,
        "fixed": dict(link.fixed),
        "created_by": link.created_by,
        "expires_at": format_datetime(link.real_expires),
        "per_minute": link.per_minute,
        "most": link.most,
        "sent": link.sent,
        "revoked_at": None if ended is None else format_datetime(ended),
    }
