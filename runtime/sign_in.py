"""Sign in with a password, keep sessions on the server, say who a token belongs to."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from dsl.diagnostics import Diagnostic
from runtime.clock import SECOND, real_now
from runtime.context import Actor
from runtime.decide.access import is_admin
from runtime.errors import Refused, TooMany
from runtime.limiter import Limiter
from runtime.passwords import is_right, new_token, token_hash
from store import accounts, audit, people, viewing
from store.record_tables import tables_of

if TYPE_CHECKING:
    from builder.catalog import Catalog
    from runtime.wiring import Wiring
    from store.accounts import Account, StoredSession
    from store.unit import UnitOfWork

ADMIN = "admin"  # the one built-in role: the first account has it before any pack is there
MINUTE = 60 * SECOND
IDLE_US = 30 * MINUTE
LONGEST_US = 12 * 60 * MINUTE
SEEN_EVERY_US = MINUTE  # how exactly a session knows when it was last used
ATTEMPTS_PER_ACCOUNT = 10
LOCKED_US = 15 * MINUTE
ATTEMPTS_PER_NETWORK = 60
_per_login = Limiter(ATTEMPTS_PER_ACCOUNT, LOCKED_US)
_per_network = Limiter(ATTEMPTS_PER_NETWORK, 60 * MINUTE)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A fresh session: the token goes into the cookie, the other one into a header."""

    token: str
    csrf: str
    session: Session


@dataclass(frozen=True, slots=True)
class Session:
    """Who is signed in."""

    actor: Actor
    account_uid: str
    name: str  # of the person, or the login
    csrf: str
    viewed_by: str | None = None  # the administrator who looks as this account


def sign_in(
    wiring: Wiring, login: str, password: str, *, network: str, agent: str | None = None
) -> SignedIn:
    """Check a password and open a session.

    Raises:
        TooMany: too many attempts for this login or from this network.
        Refused: wrong name, wrong password, disabled: one answer for all of them.
    """
    login = login.strip().lower()[:200]
    _limit(login, network)
    with wiring.database.read() as uow:
        account = accounts.by_login(uow, login)
    known = None if account is None else account.password_hash
    right = is_right(password, known)
    token, csrf, now = new_token(), new_token(), real_now()
    with wiring.database.write() as uow:
        # again inside: it may have been disabled or reset while the hash was computed
        account = accounts.by_login(uow, login)
        may = account is not None and right and _may_enter(account, known, now)
        if account is None or not may or _has_left(uow, account):
            _failed(uow, wiring, account, login)
            session = None
        else:
            accounts.open_session(
                uow,
                account,
                token_hash=token_hash(token),
                csrf=csrf,
                real_at=now,
                agent=(agent or "")[:200],
            )
            _note(uow, wiring, "session.open", login)
            session = _session(uow, wiring.catalog(uow), account, csrf)
    if session is None:
        raise Refused(Diagnostic("RUN301"))
    _per_login.forget(login)
    _per_network.undo(network)
    return SignedIn(token, csrf, session)


def sign_out(wiring: Wiring, token: str) -> None:
    """End a session; nothing happens when it is over already."""
    with wiring.database.write() as uow:
        accounts.close_session(uow, token_hash(token))


def session_of(wiring: Wiring, token: str) -> Session | None:
    """The session of a token, if it is still good: every request asks again."""
    hashed, now = token_hash(token), real_now()
    with wiring.database.read() as uow:
        stored = accounts.session(uow, hashed)
        if stored is None or not _is_good(stored, now) or _has_left(uow, stored.account):
            return None
        own = _session(uow, wiring.catalog(uow), stored.account, stored.csrf)
        session = _viewed(uow, wiring.catalog(uow), own, hashed)
    if session is None:
        return None
    if now - stored.real_seen >= SEEN_EVERY_US:
        with wiring.database.write() as uow:
            accounts.touch_session(uow, hashed, real_at=now)
    return session


def actor_of(wiring: Wiring, token: str) -> Actor | None:
    """Who a token belongs to."""
    session = session_of(wiring, token)
    return None if session is None else session.actor


def actor_for(catalog: Catalog, account: Account) -> Actor:
    """The actor of an account, with the rights its roles have today."""
    roles = [catalog.roles[name] for name in account.roles if name in catalog.roles]
    return Actor(
        kind="user",
        name=account.login,
        person_id=account.person_id,
        roles=account.roles,
        admin=ADMIN in account.roles or is_admin(roles),
        language=language_of(account.language),
    )


def language_of(text: str) -> Literal["zh-CN", "en"]:
    """A stored language, known to be one."""
    return "en" if text == "en" else "zh-CN"


def _limit(login: str, network: str) -> None:
    now = real_now()
    wait = max(_per_login.wait_us(login, now), _per_network.wait_us(network, now))
    if wait:
        raise TooMany(Diagnostic("RUN302"), retry_s=wait // SECOND + 1)


def _may_enter(account: Account, checked: str | None, now: int) -> bool:
    is_locked = (account.real_locked_until or 0) > now
    return account.active and not is_locked and account.password_hash == checked


def _is_good(stored: StoredSession, now: int) -> bool:
    return (
        stored.account.active
        and stored.security_version == stored.account.security_version
        and now - stored.real_created < LONGEST_US
        and now - stored.real_seen < IDLE_US
    )


def _has_left(uow: UnitOfWork, account: Account) -> bool:
    """The person of the account is no longer there: the next request is the first refused."""
    person = account.person_id
    return person is not None and people.has_left(uow, tables_of(uow), person)


def _viewed(uow: UnitOfWork, catalog: Catalog, own: Session, hashed: str) -> Session | None:
    """The session as the account it looks as; over when one of the two lost the right to it."""
    viewed = viewing.account_of(uow, hashed)
    if viewed is None:
        return own
    account = accounts.by_id(uow, viewed)
    if not own.actor.admin or account is None or not account.active or _has_left(uow, account):
        return None
    seen = _session(uow, catalog, account, own.csrf)
    return replace(seen, viewed_by=own.actor.name)


def _failed(uow: UnitOfWork, wiring: Wiring, account: Account | None, login: str) -> None:
    """Count the failure; a login nobody has costs a write too, so time tells nothing."""
    if account is not None:
        failures = account.failed_logins + 1
        locked = real_now() + LOCKED_US if failures % ATTEMPTS_PER_ACCOUNT == 0 else None
        accounts.count_failure(uow, account.id, failures=failures, real_locked_until=locked)
    _note(uow, wiring, "session.refused", login)


def _note(uow: UnitOfWork, wiring: Wiring, action: str, login: str) -> None:
    audit.append(
        uow, actor=login, action=action, target="session", detail={}, at=wiring.clock.now()
    )


def _session(uow: UnitOfWork, catalog: Catalog, account: Account, csrf: str) -> Session:
    name = accounts.person_name(uow, account.person_id)
    return Session(actor_for(catalog, account), account.uid, name or account.login, csrf)
