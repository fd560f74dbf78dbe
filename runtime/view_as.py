"""Look at the system as somebody else: administrators, read only, with a reason in the audit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dsl.diagnostics import Diagnostic
from runtime.clock import real_now
from runtime.errors import Invalid, NotFound
from runtime.org import require_admin
from runtime.passwords import token_hash
from store import accounts, audit, people, view_as

if TYPE_CHECKING:
    from runtime.context import Context


def begin(ctx: Context, token: str, login: str, *, reason: str) -> None:
    """See from the next request on what that account sees; nothing can be changed meanwhile.

    Raises:
        NotAllowed: only an administrator may.
        NotFound: there is no such account, or nobody can sign in with it.
        Invalid: without a reason.
    """
    require_admin(ctx)
    if not reason.strip():
        raise Invalid(Diagnostic("RUN218", pointer="/reason"))
    account = accounts.by_login(ctx.uow, login)
    if account is None or not account.active:
        raise NotFound(login[:64])
    if account.person_id and people.has_left(ctx.uow, ctx.tables, account.person_id):
        raise NotFound(login[:64])
    hashed, by = token_hash(token), ctx.actor.name
    view_as.begin(ctx.uow, hashed, account.id, by=by, real_at=real_now())
    _note(ctx, by, "view_as.begin", {"login": account.login, "reason": reason.strip()})


def end(ctx: Context, token: str, *, by: str) -> None:
    """Look as oneself again."""
    if view_as.end(ctx.uow, token_hash(token)):
        _note(ctx, by, "view_as.end", {"login": ctx.actor.name})


def _note(ctx: Context, by: str, action: str, detail: dict[str, str]) -> None:
    audit.append(ctx.uow, actor=by, action=action, target="session", detail=detail, at=ctx.now)
