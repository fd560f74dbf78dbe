"""A person's own sessions: where one is signed in, and ending them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dsl.values import format_datetime
from runtime.clock import real_now
from runtime.errors import NotFound
from runtime.passwords import token_hash
from runtime.second_factor import own_account
from runtime.sign_in import is_good
from store import accounts

if TYPE_CHECKING:
    from runtime.context import Context
    from store.accounts import StoredSession

SHOWN = 16  # characters of the hash: enough to name a session, of no use to enter it


def list_own(ctx: Context, token: str) -> list[dict[str, Any]]:
    """The actor's sessions that are still good, the last used first."""
    mine, now = token_hash(token), real_now()
    return [
        {
            "uid": _uid(each),
            "agent": each.agent or "",
            "opened_at": format_datetime(each.real_created),
            "seen_at": format_datetime(each.real_seen),
            "current": each.token_hash == mine,
        }
        for each in accounts.sessions_of(ctx.uow, own_account(ctx))
        if is_good(each, now)
    ]


def end(ctx: Context, uid: str) -> None:
    """End one of the actor's sessions.

    Raises:
        NotFound: the actor has no such session.
    """
    found = [each for each in accounts.sessions_of(ctx.uow, own_account(ctx)) if _uid(each) == uid]
    if not found:
        raise NotFound(f"session {uid[:64]}")
    accounts.close_session(ctx.uow, found[0].token_hash)


def _uid(stored: StoredSession) -> str:
    return stored.token_hash[:SHOWN]
