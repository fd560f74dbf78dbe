"""What proves who I am: password, one-time codes, sessions, keys for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runtime import accounts, api_tokens, own_sessions, second_factor
from runtime.sign_in import open_session
from web import auth, payloads
from web.api.session import opened, visitor
from web.routes import Answer, Routes, own

if TYPE_CHECKING:
    from flask import Response

    from web.routes import Asked

routes = Routes()


@routes.put("/me/password", body=payloads.ChangePassword, answer="Session")
@own
def change_password(asked: Asked) -> Response:
    """A new password; all other sessions and all keys end."""
    with asked.writing("account.password") as ctx:
        account = accounts.change_password(ctx, asked.body["old"], asked.body["new"])
        signed = open_session(ctx.uow, asked.wiring, account, agent=visitor().agent)
    return opened(asked, signed)


@routes.get("/me/second-factor", answer="SecondFactor")
@own
def get_second_factor(asked: Asked) -> dict[str, Any]:
    """Whether one-time codes are asked for."""
    with asked.reading() as ctx:
        return second_factor.state(ctx)


@routes.post("/me/second-factor", answer="SecondFactorBegun", status=201)
@own
def begin_second_factor(asked: Asked) -> dict[str, Any]:
    """A fresh secret for an authenticator app, also as a picture to scan."""
    with asked.writing("account.second_factor") as ctx:
        return second_factor.begin(ctx)


@routes.put("/me/second-factor", body=payloads.Code, answer="RecoveryCodes")
@own
def confirm_second_factor(asked: Asked) -> dict[str, Any]:
    """Confirm it with a code; all sessions end, and the recovery codes are shown this once."""
    with asked.writing("account.second_factor") as ctx:
        return {"recovery_codes": second_factor.confirm(ctx, asked.body["code"])}


@routes.post("/me/second-factor/end", body=payloads.Code, status=204)
@own
def end_second_factor(asked: Asked) -> Answer:
    """Ask for codes no more; all sessions end."""
    with asked.writing("account.second_factor") as ctx:
        second_factor.end(ctx, asked.body["code"])
    return Answer(status=204)


@routes.get("/me/sessions", answer="SessionPage")
@own
def sessions(asked: Asked) -> dict[str, Any]:
    """Where I am signed in."""
    with asked.reading() as ctx:
        found = own_sessions.list_own(ctx, auth.token_of_request(asked.wiring))
    return {"items": found, "next": None}


@routes.delete("/me/sessions/<uid:uid>", status=204)
@own
def end_session(asked: Asked, uid: str) -> Answer:
    """Sign out somewhere else."""
    with asked.writing("session.close") as ctx:
        own_sessions.end(ctx, uid)
    return Answer(status=204)


@routes.get("/me/keys", answer="KeyPage")
@own
def keys(asked: Asked) -> dict[str, Any]:
    """My keys, and the scopes I can give."""
    with asked.reading() as ctx:
        found = api_tokens.list_own(ctx)
        return {"items": found, "next": None, "scopes": api_tokens.scopes_of(ctx)}


@routes.post("/me/keys", body=payloads.NewKey, answer="KeyMade", status=201)
@own
def make_key(asked: Asked) -> dict[str, str]:
    """A key for a program; its value is told this once."""
    with asked.writing("key.create") as ctx:
        return api_tokens.create(
            ctx, asked.body["label"], asked.body["scopes"], days=asked.body["days"]
        )


@routes.delete("/me/keys/<uid:uid>", status=204)
@own
def revoke_key(asked: Asked, uid: str) -> Answer:
    """End a key at once."""
    with asked.writing("key.revoke") as ctx:
        api_tokens.revoke(ctx, uid)
    return Answer(status=204)
