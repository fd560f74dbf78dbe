"""Accounts: who can sign in, for administrators."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runtime import accounts as known
from runtime import why
from runtime.accounts import create_account, list_accounts
from runtime.lookups import id_by_code
from web import payloads
from web.routes import Answer, Routes, admin, signed_in

if TYPE_CHECKING:
    from web.routes import Asked

routes = Routes()


@routes.get("/accounts", answer="AccountPage")
@admin
def accounts(asked: Asked) -> dict[str, Any]:
    """All accounts."""
    with asked.reading() as ctx:
        return {"items": list_accounts(ctx), "next": None}


@routes.get(
    "/entities/<name:name>/records/<uid:uid>/access", query=payloads.AccessQuery, answer="Access"
)
@signed_in
def explain_access(asked: Asked, name: str, uid: str) -> dict[str, Any]:
    """Why one may see and change a record; administrators ask about anybody's `login`."""
    with asked.reading() as ctx:
        return why.explain_access(ctx, name, uid, login=asked.query.get("login"))


@routes.post("/accounts", body=payloads.NewAccount, answer="AccountMade", status=201)
@admin
def create(asked: Asked) -> dict[str, Any]:
    """Make an account; `person` is the code of the person it belongs to."""
    with asked.writing("account.create") as ctx:
        person = asked.body.get("person")
        uid = create_account(
            ctx,
            asked.body["login"],
            asked.body["password"],
            roles=asked.body.get("roles", []),
            person_id=None if person is None else id_by_code(ctx, "person", person),
            language=asked.body.get("language", "zh-CN"),
        )
    return {"uid": uid}


@routes.patch("/accounts/<uid:uid>", body=payloads.ChangeAccount, status=204)
@admin
def change(asked: Asked, uid: str) -> Answer:
    """Other roles, a new password, keep out or let in, take lost one-time codes away."""
    body = asked.body
    with asked.writing("account.change") as ctx:
        known.administered(ctx, uid)
        if "roles" in body:
            known.set_roles(ctx, uid, body["roles"])
        if "password" in body:
            known.reset_password(ctx, uid, body["password"])
        if "second_factor" in body:
            known.reset_second_factor(ctx, uid)
        if "active" in body:
            (known.enable if body["active"] else known.disable)(ctx, uid)
    return Answer(status=204)
