"""Who asks: session or key, the policy of the view, and proof against forged requests."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

from flask import g, request

from dsl.diagnostics import Diagnostic
from runtime import links
from runtime.api_tokens import ADMIN_SCOPE, key_of
from runtime.context import Actor
from runtime.operator_line import OPERATOR
from runtime.patience import patiently
from runtime.sign_in import LONGEST_US, session_of
from web.problems import Problem
from web.routes import Policy, is_while_viewing, policy_of, scope_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask, Response

    from runtime.sign_in import Session
    from runtime.wiring import Wiring

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
CSRF_HEADER = "X-CSRF-Token"
MAX_TOKEN = 200
NOBODY = Actor(kind="public_form", name="nobody")
SAME_SITE = frozenset({"same-origin", "none"})


def install(app: Flask, wiring: Wiring) -> None:
    """Check every request before its view is called."""

    def check() -> None:
        g.actor, g.session = NOBODY, None
        view = app.view_functions.get(request.endpoint or "")
        if view is None:
            return  # no such address: the 404 needs no session
        policy, bearer = policy_of(view), _bearer()
        if policy is Policy.LINK:
            _link_opened(wiring)
        elif _is_operator(wiring, bearer):
            g.actor = OPERATOR
        elif bearer and policy is not Policy.PUBLIC:
            _by_key(wiring, bearer, policy, scope_of(view))
            # no browser sends this header by itself: nothing can be forged
        else:
            _by_session(wiring, view, policy)

    app.before_request(check)


def _by_session(wiring: Wiring, view: Callable[..., object], policy: Policy) -> None:
    token = token_of_request(wiring)
    if policy is not Policy.PUBLIC:
        known = patiently(lambda: session_of(wiring, token)) if token else None
        _signed_in(known, policy)
    if request.method not in SAFE:
        _check_origin(wiring)
        if policy is not Policy.PUBLIC:
            _check_csrf(g.session)
            _check_viewing(g.session, view)


def _bearer() -> str:
    kind, _, value = request.headers.get("Authorization", "").partition(" ")
    return value.strip()[:MAX_TOKEN] if kind.lower() == "bearer" else ""


def _is_operator(wiring: Wiring, bearer: str) -> bool:
    """The command line on this machine; no browser sends such a header by itself."""
    token = wiring.operator_token
    return token is not None and hmac.compare_digest(bearer.encode(), token.encode())


def _by_key(wiring: Wiring, bearer: str, policy: Policy, scope: str) -> None:
    """A program with a key: its owner's rights, within its scopes."""
    key = patiently(lambda: key_of(wiring, bearer))
    if key is None:
        raise Problem(401, Diagnostic("WEB115"))
    g.actor = key.actor
    g.account_language = None  # a program asks for its language itself
    if policy is Policy.OWN:
        raise Problem(403, Diagnostic("WEB113"))
    if scope not in key.scopes:
        raise Problem(403, Diagnostic("WEB114", {"scope": scope}))
    if policy is Policy.ADMIN and not key.actor.admin:
        raise Problem(403, Diagnostic("WEB114", {"scope": ADMIN_SCOPE}))


def _link_opened(wiring: Wiring) -> None:
    """The token is the whole right: no cookie counts here."""
    if request.method not in SAFE:
        _check_origin(wiring)
    token = str((request.view_args or {}).get("token", ""))
    network = request.remote_addr or "unknown"
    g.link = patiently(lambda: links.opened(wiring, token, network=network))
    g.actor = links.actor_of(g.link)


def _signed_in(session: Session | None, policy: Policy) -> None:
    if session is None:
        raise Problem(401, Diagnostic("WEB102"))
    g.session, g.actor = session, session.actor
    g.account_language = session.actor.language
    if session.must_enrol and policy is not Policy.OWN:
        raise Problem(403, Diagnostic("WEB116"))
    if policy is Policy.ADMIN and not session.actor.admin:
        raise Problem(403, Diagnostic("WEB103"))


def _check_csrf(session: Session) -> None:
    sent = request.headers.get(CSRF_HEADER, "")
    if not hmac.compare_digest(sent.encode(), session.csrf.encode()):
        raise Problem(403, Diagnostic("WEB108"))


def _check_viewing(session: Session, view: Callable[..., object]) -> None:
    """Who looks as somebody else changes nothing."""
    if session.viewed_by is not None and not is_while_viewing(view):
        raise Problem(403, Diagnostic("WEB118"))


def _check_origin(wiring: Wiring) -> None:
    """A browser says where a request comes from; another site is refused.

    Our own site is the address the operator has set; what a request calls its host proves nothing.
    """
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in SAME_SITE:
        raise Problem(403, Diagnostic("WEB109"))
    origin = request.headers.get("Origin")
    if origin is not None and origin.lower() not in wiring.settings.origins:
        raise Problem(403, Diagnostic("WEB109"))


# --- the cookie ---------------------------------------------------------------------------
def is_secure(wiring: Wiring) -> bool:
    """Whether people reach the server by https."""
    return wiring.settings.base_url.startswith("https://")


def cookie_name(wiring: Wiring) -> str:
    """The cookie of the session; over https browsers hold it to this very host."""
    return "__Host-plumbline_session" if is_secure(wiring) else "plumbline_session"


def ticket_name(wiring: Wiring) -> str:
    """The cookie of somebody who is on the way to an outside provider and back."""
    return "__Host-plumbline_ticket" if is_secure(wiring) else "plumbline_ticket"


def set_cookie(response: Response, wiring: Wiring, token: str) -> None:
    """Give the browser its session."""
    response.set_cookie(
        cookie_name(wiring),
        token,
        max_age=LONGEST_US // 1_000_000,
        httponly=True,
        samesite="Lax",
        secure=is_secure(wiring),
        path="/",
    )


def clear_cookie(response: Response, wiring: Wiring) -> None:
    """Take the session from the browser."""
    response.delete_cookie(
        cookie_name(wiring),
        httponly=True,
        samesite="Lax",
        secure=is_secure(wiring),
        path="/",
    )


def token_of_request(wiring: Wiring) -> str:
    """The session token the browser sent."""
    return request.cookies.get(cookie_name(wiring), "")[:MAX_TOKEN]
