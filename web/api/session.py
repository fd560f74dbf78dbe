"""The session: sign in, who am I, sign out."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from flask import Response, request

from dsl.diagnostics import Diagnostic
from runtime import accounts, view_as
from runtime.errors import Refused, TooMany
from runtime.oidc import LASTS_US, OidcProvider
from runtime.sign_in import CODE_MISSING, WRONG, Visitor, enter, session_of, sign_in, sign_out
from web import auth, payloads
from web.problems import Problem
from web.routes import PREFIX, Routes, admin, own, public, while_viewing
from web.shapes import clock_json

if TYPE_CHECKING:
    from runtime.sign_in import Session, SignedIn
    from runtime.wiring import Wiring
    from web.routes import Asked

routes = Routes()
HTML = "text/html"
# whom a provider has vouched for gets no answer that speaks of a password
OF_AN_OUTSIDER = {CODE_MISSING: "RUN323", WRONG: "RUN324"}


@routes.post("/session", body=payloads.SignIn, answer="Session")
@public
def open_session(asked: Asked) -> Response:
    """Sign in with name and password."""
    try:
        signed = sign_in(
            asked.wiring,
            asked.body["login"],
            asked.body["password"],
            visitor=visitor(),
            code=asked.body.get("code"),
        )
    except TooMany:
        raise
    except Refused as refused:
        raise Problem(401, *refused.problems) from None
    return opened(asked, signed)


@routes.get("/session/providers", answer="ProviderPage")
@public
def providers(asked: Asked) -> dict[str, Any]:
    """The ways to sign in; one with an address is entered there."""
    oidc = asked.wiring.settings.oidc
    ways = [{"key": "password"}]
    if oidc is not None:
        ways.append({"key": "oidc", "label": oidc.label, "address": f"{PREFIX}/session/oidc"})
    return {"items": ways, "next": None}


@routes.get("/session/oidc", status=302)
@public
def leave_for_oidc(asked: Asked) -> Response:
    """Go to the outside provider to sign in there."""
    provider = _oidc(asked)
    try:
        departure = provider.depart(asked.wiring)
    except Refused as refused:
        return _turned_away(*refused.problems)
    response = Response(status=302, headers={"Location": departure.address})
    response.set_cookie(
        auth.ticket_name(asked.wiring),
        departure.ticket,
        max_age=LASTS_US // 1_000_000,
        httponly=True,
        samesite="Lax",
        secure=auth.is_secure(asked.wiring),
        path="/",
    )
    return response


@routes.get("/session/oidc/callback", query=payloads.OidcReturn, status=302)
@public
def come_back_from_oidc(asked: Asked) -> Response:
    """Back from the outside provider: open the session and go to the first page."""
    provider, wiring = _oidc(asked), asked.wiring
    if "code" not in asked.query:
        denied = asked.query.get("error") == "access_denied"
        return _turned_away(Diagnostic("RUN325" if denied else "RUN321"))
    given = {
        "code": asked.query["code"],
        "state": asked.query.get("state", ""),
        "ticket": request.cookies.get(auth.ticket_name(wiring), ""),
    }
    try:
        signed = enter(wiring, provider.prove(wiring, given), visitor=visitor())
    except Refused as refused:
        code = refused.problems[0].code
        return _turned_away(Diagnostic(OF_AN_OUTSIDER.get(code, code)))
    response = Response(status=302, headers={"Location": "/"})
    auth.set_cookie(response, wiring, signed.token)
    response.delete_cookie(auth.ticket_name(wiring), path="/", secure=auth.is_secure(wiring))
    return response


def _turned_away(*problems: Diagnostic) -> Response:
    """A browser goes back to the sign-in screen, which says why; a program is told."""
    if request.accept_mimetypes.best_match(("application/problem+json", HTML)) != HTML:
        raise Problem(401, *problems)
    return Response(status=302, headers={"Location": f"/sign-in?refused={problems[0].code}"})


def _oidc(asked: Asked) -> OidcProvider:
    settings = asked.wiring.settings.oidc
    if settings is None:
        raise Problem(404, Diagnostic("WEB117"))
    return OidcProvider(settings)


@routes.get("/session", answer="Session")
@own
def get_session(asked: Asked) -> dict[str, Any]:
    """Who is signed in."""
    return session_json(_session(asked), asked.wiring)


@routes.patch("/session", body=payloads.ChangeSession, answer="Session")
@own
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
    if asked.session is None:  # a key, and nobody would look through it
        raise Problem(403, Diagnostic("WEB113"))
    token = auth.token_of_request(asked.wiring)
    with asked.writing("view_as") as ctx:
        view_as.begin(ctx, token, asked.body["login"], reason=asked.body["reason"])
    changed = session_of(asked.wiring, token)
    return session_json(changed or _session(asked), asked.wiring)


@routes.delete("/session/view-as", status=204)
@own
@while_viewing
def end_view(asked: Asked) -> Response:
    """Look as oneself again."""
    viewed_by = _session(asked).viewed_by
    if viewed_by is not None:
        with asked.writing("view_as") as ctx:
            view_as.end(ctx, auth.token_of_request(asked.wiring), by=viewed_by)
    return Response(status=204)


@routes.delete("/session", status=204)
@own
@while_viewing
def close_session(asked: Asked) -> Response:
    """Sign out."""
    sign_out(asked.wiring, auth.token_of_request(asked.wiring))
    response = Response(status=204)
    auth.clear_cookie(response, asked.wiring)
    return response


def visitor() -> Visitor:
    """Where the request comes from."""
    return Visitor(request.remote_addr or "unknown", request.user_agent.string)


def opened(asked: Asked, signed: SignedIn) -> Response:
    """The answer that carries a fresh session; the one before ends."""
    old = auth.token_of_request(asked.wiring)
    if old:
        sign_out(asked.wiring, old)
    response = _answer(session_json(signed.session, asked.wiring))
    auth.set_cookie(response, asked.wiring, signed.token)
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
        "must_enrol": session.must_enrol,
        "viewed_by": session.viewed_by,
        **clock_json(wiring),
    }


def _session(asked: Asked) -> Session:
    if asked.session is None:
        raise Problem(401)
    return asked.session


def _answer(body: dict[str, Any]) -> Response:
    return Response(json.dumps(body, ensure_ascii=False), mimetype="application/json")
