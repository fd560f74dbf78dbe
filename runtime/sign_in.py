"""Sign in, keep sessions on the server, say who a session belongs to."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from dsl.diagnostics import Diagnostic
from runtime import second_factor
from runtime.admins import administers, has_left
from runtime.clock import SECOND, real_now
from runtime.context import Actor
from runtime.errors import Refused, TooMany
from runtime.limiter import Limiter
from runtime.passwords import new_token, token_hash
from runtime.providers import PasswordProvider
from store import accounts, audit
from store.errors import DiskFullError

if TYPE_CHECKING:
    from builder.catalog import Catalog
    from runtime.providers import Proof
    from runtime.wiring import Wiring
    from store.accounts import Account, StoredSession
    from store.unit import UnitOfWork

MINUTE = 60 * SECOND
IDLE_US = 30 * MINUTE
LONGEST_US = 12 * 60 * MINUTE
SEEN_EVERY_US = MINUTE  # how exactly a session knows when it was last used
ATTEMPTS_PER_ACCOUNT = 10
LOCKED_US = 15 * MINUTE
ATTEMPTS_PER_NETWORK = 60
_per_login = Limiter("login", ATTEMPTS_PER_ACCOUNT, LOCKED_US)
_per_network = Limiter("login.network", ATTEMPTS_PER_NETWORK, 60 * MINUTE)
ATTEMPTS_AT_ALL = 600  # that failed, whoever it was: guessing spread over networks and names
_everywhere = Limiter("login.all", ATTEMPTS_AT_ALL, LOCKED_US)
WRONG, CODE_MISSING, CODE_WRONG = "RUN301", "RUN310", "RUN311"
_PLACES = {CODE_MISSING: "/code", CODE_WRONG: "/code"}
PASSWORD = PasswordProvider()


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
    must_enrol: bool = False  # an administrator who has to set up one-time codes first
    viewed_by: str | None = None  # the administrator who looks as this account


@dataclass(frozen=True, slots=True)
class Visitor:
    """Where a request comes from."""

    network: str
    agent: str | None = None


def sign_in(
    wiring: Wiring, login: str, password: str, *, visitor: Visitor, code: str | None = None
) -> SignedIn:
    """Check a password, and a one-time code where one is asked for, and open a session.

    Raises:
        TooMany: too many attempts for this login, from this network or at all.
        Refused: wrong name, wrong password, disabled: one answer for all of them;
            another one when only the code is missing or wrong.
    """
    login = login.strip().lower()[:200]
    _limit(wiring, login, visitor.network)
    proof = PASSWORD.prove(wiring, {"login": login, "password": password})
    signed = enter(wiring, proof, visitor=visitor, code=code)
    _per_login.forget(wiring.database, login)
    _per_network.undo(wiring.database, visitor.network)
    _everywhere.undo(wiring.database, "")
    return signed


def enter(wiring: Wiring, proof: Proof, *, visitor: Visitor, code: str | None = None) -> SignedIn:
    """Open a session for whom a provider has recognised.

    Raises:
        Refused: nobody's account, a disabled or locked one, or the code is missing or wrong.
    """
    with wiring.database.write(needed=True) as uow:
        # asked inside: it may have been disabled or reset while the proof was computed
        account = proof.account(uow)
        problem = _problem(uow, wiring, account, proof, code=code)
        if account is None or problem is not None:
            if problem != CODE_MISSING:
                _failed(uow, wiring, proof.login)
            signed = None
        else:
            signed = open_session(uow, wiring, account, agent=visitor.agent)
            _note(uow, wiring, "session.open", account.login)
    if signed is None:
        raise Refused(Diagnostic(problem or WRONG, pointer=_PLACES.get(problem or "")))
    return signed


def open_session(
    uow: UnitOfWork, wiring: Wiring, account: Account, *, agent: str | None
) -> SignedIn:
    """A fresh session of an account."""
    token, csrf = new_token(), new_token()
    hashed, now = token_hash(token), real_now()
    text = (agent or "")[:200]
    accounts.open_session(uow, account, token_hash=hashed, csrf=csrf, real_at=now, agent=text)
    name = accounts.person_name(uow, account.person_id)
    return SignedIn(token, csrf, _session(uow, wiring, account, csrf, name=name))


def sign_out(wiring: Wiring, token: str) -> None:
    """End a session; nothing happens when it is over already."""
    with wiring.database.write(needed=True) as uow:
        accounts.close_session(uow, token_hash(token))


def session_of(wiring: Wiring, token: str) -> Session | None:
    """The session of a token, if it is still good: every request asks again."""
    hashed, now = token_hash(token), real_now()
    with wiring.database.read() as uow:
        stored = accounts.session(uow, hashed)
        if stored is None or not is_good(stored, now):
            return None
        session: Session | None
        session = _session(uow, wiring, stored.account, stored.csrf, name=stored.person)
        if stored.viewing is not None:
            session = _viewed(uow, wiring, session, stored.viewing)
    if session is None:
        return None
    if now - stored.real_seen >= SEEN_EVERY_US:
        with suppress(DiskFullError), wiring.database.write() as uow:  # reading goes on
            accounts.touch_session(uow, hashed, real_at=now)
    return session


def actor_of(wiring: Wiring, token: str) -> Actor | None:
    """Who a token belongs to."""
    session = session_of(wiring, token)
    return None if session is None else session.actor


def actor_for(catalog: Catalog, account: Account) -> Actor:
    """The actor of an account, with the rights its roles have today."""
    return Actor(
        kind="user",
        name=account.login,
        person_id=account.person_id,
        roles=account.roles,
        admin=administers(catalog, account),
        language=language_of(account.language),
    )


def language_of(text: str) -> Literal["zh-CN", "en"]:
    """A stored language, known to be one."""
    return "en" if text == "en" else "zh-CN"


def _limit(wiring: Wiring, login: str, network: str) -> None:
    now = real_now()
    counted = ((_per_login, login), (_per_network, network), (_everywhere, ""))
    wait = max(limiter.wait_us(wiring.database, key, now) for limiter, key in counted)
    if wait:
        raise TooMany(Diagnostic("RUN302"), retry_s=wait // SECOND + 1)


def _problem(
    uow: UnitOfWork, wiring: Wiring, account: Account | None, proof: Proof, *, code: str | None
) -> str | None:
    """Why somebody does not get in; the first reason is the same for all."""
    if account is None or not account.active or (account.real_locked_until or 0) > real_now():
        return WRONG
    if has_left(uow, account):
        return WRONG
    if proof.has_second_factor or not second_factor.is_asked_for(uow, account):
        return None
    if not code:
        return CODE_MISSING
    return None if second_factor.is_right(uow, wiring.keyring, account, code) else CODE_WRONG


def is_good(stored: StoredSession, now: int) -> bool:
    """Whether a session is neither ended nor idle for too long nor too old."""
    return (
        stored.account.active
        and not stored.has_left
        and stored.security_version == stored.account.security_version
        and now - stored.real_created < LONGEST_US
        and now - stored.real_seen < IDLE_US
    )


def _viewed(uow: UnitOfWork, wiring: Wiring, own: Session, viewed: int) -> Session | None:
    """The session as the account it looks as; over when one of the two lost the right to it."""
    account = accounts.by_id(uow, viewed)
    if not own.actor.admin or account is None or not account.active or has_left(uow, account):
        return None
    name = accounts.person_name(uow, account.person_id)
    seen = _session(uow, wiring, account, own.csrf, name=name)
    return replace(seen, viewed_by=own.actor.name)


def _failed(uow: UnitOfWork, wiring: Wiring, login: str) -> None:
    """Count the failure; a login nobody has costs a write too, so time tells nothing."""
    account = accounts.by_login(uow, login)
    if account is not None:
        failures = account.failed_logins + 1
        locked = real_now() + LOCKED_US if failures % ATTEMPTS_PER_ACCOUNT == 0 else None
        accounts.count_failure(uow, account.id, failures=failures, real_locked_until=locked)
    _note(uow, wiring, "session.refused", login)


def _note(uow: UnitOfWork, wiring: Wiring, action: str, login: str) -> None:
    audit.append(
        uow, actor=login, action=action, target="session", detail={}, at=wiring.clock.now()
    )


def _session(
    uow: UnitOfWork, wiring: Wiring, account: Account, csrf: str, *, name: str | None
) -> Session:
    actor = actor_for(wiring.catalog(uow), account)
    lacks = wiring.settings.admin_codes and actor.admin
    return Session(
        actor=actor,
        account_uid=account.uid,
        name=name or account.login,
        csrf=csrf,
        must_enrol=lacks and not second_factor.is_asked_for(uow, account),
    )
