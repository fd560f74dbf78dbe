"""The session: sign in, who am I, sign out."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from flask import Response, request

from runtime import accounts, view_as
from runtime.errors import Refused, TooMany
from runtime.sign_in import session_of, sign_in, sign_out
from web import auth, payloads
from web.problems import Problem
from web.routes import Routes, admin, public, signed_in, while_viewing
from web.shapes import clock_json

if TYPE_CHECKING:
    from runtime.sign_in import Session
    from runtime.wiring import Wiring
    from web.routes import Asked

routes = Routes()


@routes.post("/session", body=payloads.SignIn, answer="Session")
@public
def open_session(asked: Asked) -> Response:
    """Sign in with name and password."""
    try:
        signed = sign_in(
            asked.wiring,
            asked.body["login"],
            asked.body["password"],
            network=request.remote_addr or "unknown",
            agent=request.user_agent.string,
        )
    except TooMany:
        raise
    except Refused as refused:
        raise Problem(401, *refused.problems) from None
    old = auth.token_of_request(asked.wiring)
    if old:
        sign_out(asked.wiring, old)
    response = _answer(session_json(signed.session, asked.wiring))
    auth.set_cookie(response, asked.wiring, signed.token)
    return response


@routes.get("/session", answer="Session")
@signed_in
def get_session(asked: Asked) -> dict[str, Any]:
    """Who is signed in."""
    return session_json(_session(asked), asked.wiring)


@routes.patch("/session", body=payloads.ChangeSession, answer="Session")
@signed_in
def change_session(asked: Asked) -> dict[str, Any]:
    """Choose the language of screens and mails."""
    with asked.writing("api") as ctx:
        accounts.set_language(ctx, asked.body["language"])
    changed = session_of(asked.wiring, auth.token_of_request(asked.wiring))
    return session_json(changed or _session(asked), asked.wiring)


@routes.post("/session/view-as", body=payloads.ViewAs, answer="Session")
@admin
def begin_view(asked: Asked) -> dict[str, Any]:
    """Look at everything as that account, changing nothing; the reason goes into the audit log."""
    token = auth.token_of_request(asked.wiring)
    with asked.writing("view_as") as ctx:
        view_as.begin(ctx, token, asked.body["login"], reason=asked.body["reason"])
    changed = session_of(asked.wiring, token)
    return session_json(changed or _session(asked), asked.wiring)


@routes.delete("/session/view-as", status=204)
@signed_in
@while_viewing
def end_view(asked: Asked) -> Response:
    """Look as oneself again."""
    viewed_by = _session(asked).viewed_by
    if viewed_by is not None:
        with asked.writing("view_as") as ctx:
            view_as.end(ctx, auth.token_of_request(asked.wiring), by=viewed_by)
    return Response(status=204)


@routes.delete("/session", status=204)
@signed_in
@while_viewing
def close_session(asked: Asked) -> Response:
    """Sign out."""
    sign_out(asked.wiring, auth.token_of_request(asked.wiring))
    response = Response(status=204)
    auth.clear_cookie(response, asked.wiring)
    return response


def session_json(session: Session, wiring: Wiring) -> dict[str, Any]:
    """The session as the client keeps it; the token itself stays in the cookie."""
    actor = session.actor
    return {
        "account": {
            "login": actor.name,
            "name": session.name,
            "language": actor.language,
            "admin": actor.admin,
        },
        "csrf": session.csrf,
        "viewed_by": session.viewed_by,
        **clock_json(wiring),
    }


def _session(asked: Asked) -> Session:
    if asked.session is None:
        raise Problem(401)
    return asked.session


def _answer(body: dict[str, Any]) -> Response:
    return Response(json.dumps(body, ensure_ascii=False), mimetype="application/json")
