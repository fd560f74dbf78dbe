"""Keys for programs: named, expiring, limited to scopes, shown once and stored as hashes."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from dsl.diagnostics import Diagnostic
from dsl.values import format_datetime
from runtime.admins import has_left
from runtime.clock import SECOND, real_now
from runtime.errors import Invalid, NotFound, TooMany
from runtime.limiter import Limiter
from runtime.passwords import new_token, token_hash
from runtime.second_factor import own_account
from runtime.sign_in import actor_for
from store import accounts, api_tokens, audit
from store.api_tokens import NewToken
from store.errors import DiskFullError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runtime.context import Actor, Context
    from runtime.wiring import Wiring
    from store.api_tokens import StoredToken

PREFIX = "plk_"  # so that scanners of repositories recognise a key that got lost
ADMIN_SCOPE = "admin"
# the nouns of the API a key can be limited to; a test holds them against the routes
NOUNS = (
    "accounts", "alerts", "entities", "files", "forms", "formulas", "me", "metrics",
    "openapi", "people", "records", "rules", "tasks", "views",
)  # fmt: skip
ADMIN_NOUNS = (
    "calendars", "definitions", "environments", "incidents", "links", "packs", "publications",
    "session", "sources",
)  # fmt: skip
DAY_US = 24 * 3600 * SECOND
MOST_KEYS = 50  # of one account
MINUTE = 60 * SECOND
PER_MINUTE = 600
_per_key = Limiter("key", PER_MINUTE, MINUTE)


@dataclass(frozen=True, slots=True)
class Key:
    """Who a key speaks for, and how far it goes."""

    actor: Actor
    scopes: frozenset[str]


def scopes_of(ctx: Context) -> list[str]:
    """What the actor can give a key: never more than the actor may do."""
    nouns = (*NOUNS, *ADMIN_NOUNS) if ctx.actor.admin else NOUNS
    every = [f"{noun}:{verb}" for noun in sorted(nouns) for verb in ("read", "write")]
    return [*every, ADMIN_SCOPE] if ctx.actor.admin else every


def create(ctx: Context, label: str, scopes: Sequence[str], *, days: int) -> dict[str, str]:
    """A new key; its value is told here and never again.

    Raises:
        Invalid: a scope that is not the actor's to give, no scope, or too many keys.
    """
    account = own_account(ctx)
    allowed = scopes_of(ctx)
    problems = [
        Diagnostic("RUN315", {"scope": scope[:80]}, pointer=f"/scopes/{index}")
        for index, scope in enumerate(scopes)
        if scope not in allowed
    ]
    if len(api_tokens.of_account(ctx.uow, account.id)) >= MOST_KEYS:
        problems.append(Diagnostic("RUN316", {"limit": str(MOST_KEYS)}))
    if problems:
        raise Invalid(*problems)
    value, uid = PREFIX + new_token(), ctx.new_uid()
    kept = sorted(set(scopes))
    api_tokens.create(
        ctx.uow,
        NewToken(
            uid=uid,
            token_hash=token_hash(value),
            account_id=account.id,
            label=label,
            scopes=kept,
            real_expires=real_now() + days * DAY_US,
        ),
    )
    _audit(ctx, "key.create", uid, {"label": label, "scopes": kept})
    return {"uid": uid, "key": value}


def list_own(ctx: Context) -> list[dict[str, Any]]:
    """The actor's keys, without their values."""
    return [_shown(each) for each in api_tokens.of_account(ctx.uow, own_account(ctx).id)]


def revoke(ctx: Context, uid: str) -> None:
    """End a key of the actor: its next request is refused.

    Raises:
        NotFound: the actor has no such key.
    """
    if not api_tokens.remove(ctx.uow, own_account(ctx).id, uid):
        raise NotFound(f"key {uid[:64]}")
    _audit(ctx, "key.revoke", uid, {})


def key_of(wiring: Wiring, value: str) -> Key | None:
    """Who a key speaks for, if it is still good; every request asks again.

    Raises:
        TooMany: the key was used too often.
    """
    hashed, now = token_hash(value), real_now()
    with wiring.database.read() as uow:
        found = api_tokens.by_hash(uow, hashed)
        account = None if found is None else accounts.by_id(uow, found.account_id)
        if found is None or account is None or not account.active or found.real_expires <= now:
            return None
        if has_left(uow, account):
            return None
        actor = actor_for(wiring.catalog(uow), account)
    wait = _per_key.wait_us(wiring.database, found.uid, now)
    if wait:
        raise TooMany(Diagnostic("RUN317"), retry_s=wait // SECOND + 1)
    if now - (found.real_used or 0) >= MINUTE:
        with suppress(DiskFullError), wiring.database.write() as uow:  # reading goes on
            api_tokens.touch(uow, hashed, real_at=now)
    admin = actor.admin and ADMIN_SCOPE in found.scopes
    return Key(replace(actor, kind="token", admin=admin), frozenset(found.scopes))


def _shown(token: StoredToken) -> dict[str, Any]:
    return {
        "uid": token.uid,
        "label": token.label,
        "scopes": list(token.scopes),
        "expires_at": format_datetime(token.real_expires),
        "used_at": None if token.real_used is None else format_datetime(token.real_used),
    }


def _audit(ctx: Context, action: str, uid: str, detail: dict[str, Any]) -> None:
    audit.append(
        ctx.uow, actor=ctx.actor.name, action=action, target=uid, detail=detail, at=ctx.now
    )
